package sm

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// NoteSet 日志检查点签名 signs and verifies the audit log's checkpoints under one
// log name: an Ed25519 signature that standard tools read, and an SM2 one
// beside it for who must rely on national algorithms.
type NoteSet struct {
	Signers     []note.Signer   // Ed25519 first, then the newest SM2 key
	Verifiers   []note.Verifier // Ed25519, then every SM2 key of the folder, oldest first
	VerifierKey string          // Ed25519, in the text form of the note package
	VerifierSM2 string          // newest SM2 key, same form, signature type "tongban/sm2"
	Texts       []string        // Verifiers in the same form and order
}

func newNoteSet(name string, ed ed25519.PrivateKey, sm2s []*Signer) (NoteSet, error) {
	vkey, err := note.NewEd25519VerifierKey(name, ed.Public().(ed25519.PublicKey))
	if err != nil {
		return NoteSet{}, fmt.Errorf("sm: note key: %w", err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return NoteSet{}, fmt.Errorf("sm: note key for %q: %w", name, err)
	}
	set := NoteSet{VerifierKey: vkey, Signers: []note.Signer{ed25519Note{v, ed}}, Verifiers: []note.Verifier{v}, Texts: []string{vkey}}
	var last sm2Note
	for _, s := range sm2s {
		last = newSM2Note(name, s.pub, s)
		set.Verifiers = append(set.Verifiers, newSM2Note(name, s.pub, nil))
		set.Texts = append(set.Texts, last.text())
	}
	set.Signers = append(set.Signers, last)
	set.VerifierSM2 = last.text()
	return set, nil
}

// text is the verifier key as the note package writes one.
func (n sm2Note) text() string {
	return fmt.Sprintf("%s+%08x+%s", n.name, n.hash, base64.StdEncoding.EncodeToString(append([]byte(sm2NoteAlg), n.pub.der...)))
}

// sm2NoteAlg is the type of the SM2 signature in the signed-note format: 0xff
// announces a type that is spelled out.
const sm2NoteAlg = "\xfftongban/sm2\n"

type ed25519Note struct {
	note.Verifier
	key ed25519.PrivateKey
}

func (e ed25519Note) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(e.key, msg), nil }

type sm2Note struct {
	name string
	hash uint32
	pub  PublicKey
	key  *Signer // nil in a verifier
}

func newSM2Note(name string, pub PublicKey, key *Signer) sm2Note {
	return sm2Note{name: name, hash: noteHash(name, sm2NoteAlg, pub.der), pub: pub, key: key}
}

func (n sm2Note) Name() string                    { return n.name }
func (n sm2Note) KeyHash() uint32                 { return n.hash }
func (n sm2Note) Verify(msg, sig []byte) bool     { return Verify(n.pub, msg, sig) == nil }
func (n sm2Note) Sign(msg []byte) ([]byte, error) { return n.key.Sign(msg) }

// noteHash is the key hash of the signed-note format, which fixes SHA-256.
func noteHash(name, alg string, key []byte) uint32 {
	h := sha256.Sum256(append([]byte(name+"\n"+alg), key...))
	return binary.BigEndian.Uint32(h[:4])
}

// ParseSM2NoteVerifier reads NoteSet.VerifierSM2, so that an outside body can
// check checkpoints with nothing but that text.
func ParseSM2NoteVerifier(text string) (note.Verifier, error) {
	name, rest, ok1 := strings.Cut(text, "+")
	hash, b64, ok2 := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if !ok1 || !ok2 || err != nil || len(raw) <= len(sm2NoteAlg) || string(raw[:len(sm2NoteAlg)]) != sm2NoteAlg {
		return nil, errors.New("sm: not an SM2 verifier key")
	}
	pub, err := ParsePublicKey(raw[len(sm2NoteAlg):])
	if err != nil {
		return nil, err
	}
	n := newSM2Note(name, pub, nil)
	if fmt.Sprintf("%08x", n.hash) != hash {
		return nil, errors.New("sm: SM2 verifier key: hash does not fit")
	}
	return n, nil
}
