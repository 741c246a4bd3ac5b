package sm

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Keyring 密钥库 is the content of one key folder:
//
//	manifest        names of the files below with their fingerprints, one a line
//	index.key       HMAC-SM3 key of the lookup indexes, never rotated
//	vault-0001.key  SM4 keys; the one with the highest number seals
//	sign-0001.pem   SM2 keys, PKCS#8; the one with the highest number signs
//	note.pem        Ed25519 key of the audit log, PKCS#8
//
// Whoever loses the folder loses every sealed value: back it up apart from
// the database.
type Keyring struct {
	vault   *Vault
	signers []*Signer // oldest first
	note    ed25519.PrivateKey
}

const (
	manifestFile = "manifest"
	indexFile    = "index.key"
	noteFile     = "note.pem"
	indexKeyLen  = 32
	vaultKeyLen  = 16
)

// What loading a key folder can say, for the operator.
var (
	ErrNoKeys = errs.New(errs.Unavailable, "keys-missing",
		"密钥目录不存在或为空。请从备份恢复密钥目录；首次安装时由启动命令自动生成。",
		"The key folder is missing or empty: restore it from backup; a first start creates it.")
	ErrKeysOpen = errs.New(errs.Unavailable, "keys-readable",
		"密钥目录或文件可被其他用户读取。请执行 chmod 700 目录、chmod 600 目录下各文件，并考虑更换密钥。",
		"The key folder or a file in it is open to other users: chmod 700 the folder, chmod 600 its files, and consider new keys.")
	ErrKeysBroken = errs.New(errs.Unavailable, "keys-broken",
		"密钥文件缺失、损坏或与清单不符。请从备份恢复整个密钥目录；切勿删除清单后重新生成，否则已加密的数据将无法解密。",
		"A key file is missing, damaged or not the one in the manifest: restore the whole folder from backup; new keys would not open the data.")
)

// Load reads a complete key folder and changes nothing. Errors: ErrNoKeys,
// ErrKeysOpen, ErrKeysBroken (by errors.Is), each with its cause.
func Load(dir string) (*Keyring, error) {
	if err := checkMode(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNoKeys.Because(err)
		}
		return nil, err
	}
	text, err := readKeyFile(dir, manifestFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNoKeys.Because(err)
	case err != nil:
		return nil, err
	}
	list, err := parseManifest(text)
	if err != nil {
		return nil, ErrKeysBroken.Because(err)
	}
	return list.load(dir)
}

// LoadOrCreate is Load, and on a missing or empty folder makes fresh keys
// first. A first start that was broken off is finished: without a manifest no
// key has been used yet. Two processes starting at once end with the same
// keys.
func LoadOrCreate(dir string) (*Keyring, error) {
	k, err := Load(dir)
	if !errors.Is(err, ErrNoKeys) {
		return k, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("sm: key folder: %w", err)
	}
	if err := checkMode(dir); err != nil {
		return nil, err
	}
	list := manifest{{name: indexFile}, {name: vaultFile(1)}, {name: signFile(1)}, {name: noteFile}}
	for i, e := range list {
		text, err := newKeyFile(e.name)
		if err != nil {
			return nil, err
		}
		if err := writeOnce(dir, e.name, text); err != nil {
			return nil, err
		}
		if text, err = readKeyFile(dir, e.name); err != nil { // ours, or the other process's
			return nil, err
		}
		list[i].print = fingerprint(text)
	}
	if _, err := list.load(dir); err != nil {
		return nil, err
	}
	if err := writeOnce(dir, manifestFile, list.text()); err != nil {
		return nil, err
	}
	return Load(dir)
}

// AddVaultKey puts a new SM4 key into the folder; programs that load it
// afterwards seal with it and still open what older keys sealed.
func AddVaultKey(dir string) error { return addKey(dir, vaultFile) }

// AddSigningKey puts a new SM2 key into the folder; older public keys stay.
func AddSigningKey(dir string) error { return addKey(dir, signFile) }

func addKey(dir string, name func(int) string) error {
	if _, err := Load(dir); err != nil {
		return err
	}
	text, err := readKeyFile(dir, manifestFile)
	if err != nil {
		return err
	}
	list, err := parseManifest(text)
	if err != nil {
		return ErrKeysBroken.Because(err)
	}
	n := 1
	for list.has(name(n)) {
		n++
	}
	key, err := newKeyFile(name(n))
	if err != nil {
		return err
	}
	// A file of that name without a line in the manifest was never used.
	if err := replaceFile(dir, name(n), key); err != nil {
		return err
	}
	list = append(list, manifestLine{name: name(n), print: fingerprint(key)})
	return replaceFile(dir, manifestFile, list.text())
}

// Vault seals and opens.
func (k *Keyring) Vault() *Vault { return k.vault }

// Signer is the newest SM2 platform key.
func (k *Keyring) Signer() *Signer { return k.signers[len(k.signers)-1] }

// PublicKeys lists the public halves of all SM2 platform keys, oldest first.
func (k *Keyring) PublicKeys() []PublicKey {
	out := make([]PublicKey, len(k.signers))
	for i, s := range k.signers {
		out[i] = s.pub
	}
	return out
}

// PublicKey finds the public half by PublicKey.ID.
func (k *Keyring) PublicKey(id string) (PublicKey, bool) {
	for _, s := range k.signers {
		if s.pub.ID() == id {
			return s.pub, true
		}
	}
	return PublicKey{}, false
}

// Note gives the audit log's keys under the log's name, which must be without
// spaces and plus signs.
func (k *Keyring) Note(name string) (NoteSet, error) { return newNoteSet(name, k.note, k.signers) }

func vaultFile(n int) string { return fmt.Sprintf("vault-%04d.key", n) }
func signFile(n int) string  { return fmt.Sprintf("sign-%04d.pem", n) }

// newKeyFile makes the text of a fresh key file by its name.
func newKeyFile(name string) ([]byte, error) {
	switch {
	case name == indexFile:
		return newSecret(indexKeyLen)
	case strings.HasPrefix(name, "vault-"):
		return newSecret(vaultKeyLen)
	case name == noteFile:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("sm: new Ed25519 key: %w", err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, fmt.Errorf("sm: PKCS#8: %w", err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
	default:
		s, err := NewSigner()
		if err != nil {
			return nil, err
		}
		return s.PEM()
	}
}

func newSecret(n int) ([]byte, error) {
	raw := make([]byte, n)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("sm: random: %w", err)
	}
	return []byte(hex.EncodeToString(raw) + "\n"), nil
}

func parseSecret(text []byte, n int) ([]byte, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != n {
		return nil, fmt.Errorf("want %d bytes in hexadecimal", n)
	}
	return raw, nil
}

func parseNote(text []byte) (ed25519.PrivateKey, error) {
	b, _ := pem.Decode(text)
	if b == nil || b.Type != "PRIVATE KEY" {
		return nil, errors.New("no PKCS#8 PRIVATE KEY block")
	}
	k, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil {
		return nil, err
	}
	ed, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("PKCS#8 holds %T, not an Ed25519 key", k)
	}
	return ed, nil
}

// load reads every file of the manifest and builds the keyring.
func (m manifest) load(dir string) (*Keyring, error) {
	var (
		k     Keyring
		index []byte
		vault [][]byte
	)
	for _, e := range m {
		text, err := readKeyFile(dir, e.name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrKeysBroken.Because(err)
		}
		if err != nil {
			return nil, err
		}
		if fingerprint(text) != e.print {
			return nil, ErrKeysBroken.Because(fmt.Errorf("%s is not the file that the manifest names", filepath.Join(dir, e.name)))
		}
		switch {
		case e.name == indexFile:
			index, err = parseSecret(text, indexKeyLen)
		case e.name == noteFile:
			k.note, err = parseNote(text)
		case strings.HasPrefix(e.name, "vault-"):
			var raw []byte
			raw, err = parseSecret(text, vaultKeyLen)
			vault = append(vault, raw)
		case strings.HasPrefix(e.name, "sign-"):
			var s *Signer
			s, err = ParseSignerPEM(text)
			k.signers = append(k.signers, s)
		default:
			err = errors.New("unknown kind of key file")
		}
		if err != nil {
			return nil, ErrKeysBroken.Because(fmt.Errorf("%s: %w", filepath.Join(dir, e.name), err))
		}
	}
	v, err := newVault(index, vault...)
	if err != nil {
		return nil, ErrKeysBroken.Because(err)
	}
	if k.vault = v; k.note == nil || len(k.signers) == 0 {
		return nil, ErrKeysBroken.Because(errors.New("the manifest names no signing key or no note key"))
	}
	return &k, nil
}
