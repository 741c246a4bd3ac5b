package sm

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Vault 数据加密库 seals and opens small values with SM4-GCM and makes keyed
// lookup indexes. It knows several keys: the newest seals, every one opens.
//
// A purpose names what a value is for ("person/id-number"); it is bound to the
// value, so that a value copied to another column does not open there.
type Vault struct {
	keys  map[[4]byte]vaultKey
	order [][4]byte // oldest first
	index []byte    // HMAC-SM3 key, 32 bytes
}

type vaultKey struct {
	raw  []byte // 16 bytes
	aead cipher.AEAD
}

// What Open and the stream reader can say. None of them tells more to an
// attacker than that a value does not open.
var (
	ErrNotSealed  = errors.New("sm: not a sealed value")
	ErrUnknownKey = errors.New("sm: sealed with a key that is not in the key folder")
	ErrTampered   = errors.New("sm: sealed value changed, or opened for another purpose")
)

const (
	sealVersion  = 0x01
	sealHeader   = 1 + 4 // version, key id
	sealNonce    = 12
	sealTag      = 16
	sealOverhead = sealHeader + sealNonce + sealTag
)

// newVault takes SM4 keys oldest first and the index key.
func newVault(index []byte, keys ...[]byte) (*Vault, error) {
	if len(keys) == 0 || len(index) != indexKeyLen {
		return nil, errors.New("sm: a vault needs an index key and at least one SM4 key")
	}
	v := &Vault{keys: make(map[[4]byte]vaultKey, len(keys)), index: index}
	for _, raw := range keys {
		aead, err := newGCM(raw)
		if err != nil {
			return nil, err
		}
		id := vaultKeyID(raw)
		if _, twice := v.keys[id]; twice {
			return nil, fmt.Errorf("sm: vault key %x is there twice", id)
		}
		v.keys[id] = vaultKey{raw: raw, aead: aead}
		v.order = append(v.order, id)
	}
	return v, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("sm: SM4 key: %w", err)
	}
	return cipher.NewGCM(block)
}

// vaultKeyID names a key without telling anything about it.
func vaultKeyID(raw []byte) [4]byte {
	d := SM3([]byte("tongban vault key id\n"), raw)
	return [4]byte(d[:4])
}

// newest is the key that seals.
func (v *Vault) newest() ([4]byte, vaultKey) {
	id := v.order[len(v.order)-1]
	return id, v.keys[id]
}

// Seal encrypts plain for a purpose with the newest key. The result is
// version (1) · key id (4) · nonce (12) · ciphertext · tag (16), 33 bytes
// longer than plain; sealing the same value twice gives different bytes.
func (v *Vault) Seal(purpose string, plain []byte) ([]byte, error) {
	id, k := v.newest()
	out := make([]byte, sealHeader+sealNonce, sealOverhead+len(plain))
	out[0] = sealVersion
	copy(out[1:], id[:])
	nonce := out[sealHeader:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("sm: nonce: %w", err)
	}
	return k.aead.Seal(out, nonce, plain, sealAAD(out[:sealHeader], purpose)), nil
}

// Open decrypts what Seal made for the same purpose. Errors: ErrNotSealed,
// ErrUnknownKey, ErrTampered (by errors.Is).
func (v *Vault) Open(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < sealOverhead || sealed[0] != sealVersion {
		return nil, ErrNotSealed
	}
	k, ok := v.keys[[4]byte(sealed[1:sealHeader])]
	if !ok {
		return nil, ErrUnknownKey
	}
	nonce, body := sealed[sealHeader:sealHeader+sealNonce], sealed[sealHeader+sealNonce:]
	plain, err := k.aead.Open(nil, nonce, body, sealAAD(sealed[:sealHeader], purpose))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

// Stale reports whether a sealed value should be sealed anew: an older key
// made it.
func (v *Vault) Stale(sealed []byte) bool {
	id, _ := v.newest()
	return len(sealed) >= sealOverhead && [4]byte(sealed[1:sealHeader]) != id
}

func sealAAD(header []byte, purpose string) []byte {
	return append(append(make([]byte, 0, len(header)+len(purpose)), header...), purpose...)
}

// Index is the keyed lookup value of something that is stored sealed: an ID
// number, a phone. 64 lower-case hexadecimal characters, HMAC-SM3 over the
// purpose and the value; the caller normalises first (ident.Normalise). The
// index key is never rotated: every stored index would change.
func (v *Vault) Index(purpose, normalised string) string {
	return hex.EncodeToString(macSM3(v.index, purpose, normalised))
}

// macSM3 is HMAC-SM3 over parts, each preceded by its length so that parts
// cannot run into each other.
func macSM3(key []byte, parts ...string) []byte {
	m := hmac.New(sm3.New, key)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		m.Write(n[:])
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}
