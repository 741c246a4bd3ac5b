package sm

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Signer 签名密钥 signs with SM2 and SM3 (GB/T 32918.2, GB/T 35276) under the
// default user id 1234567812345678.
type Signer struct {
	key *sm2.PrivateKey
	pub PublicKey
}

// PublicKey 公钥 is the half that anyone may have.
type PublicKey struct {
	key *ecdsa.PublicKey
	der []byte // SubjectPublicKeyInfo
}

// UserID is the distinguishing id that enters every signature; openssl needs
// it as distid.
const UserID = "1234567812345678"

// ErrSignature says that a signature does not fit the message and the key.
var ErrSignature = errors.New("sm: signature does not verify")

// NewSigner makes a fresh SM2 key.
func NewSigner() (*Signer, error) {
	k, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("sm: new SM2 key: %w", err)
	}
	return newSigner(k)
}

// ParseSignerPEM reads a PKCS#8 "PRIVATE KEY" block that holds an SM2 key, as
// openssl and this package write it.
func ParseSignerPEM(text []byte) (*Signer, error) {
	b, _ := pem.Decode(text)
	if b == nil || b.Type != "PRIVATE KEY" {
		return nil, errors.New("sm: no PKCS#8 PRIVATE KEY block")
	}
	k, err := smx509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil {
		return nil, fmt.Errorf("sm: PKCS#8: %w", err)
	}
	s, ok := k.(*sm2.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("sm: PKCS#8 holds %T, not an SM2 key", k)
	}
	return newSigner(s)
}

func newSigner(k *sm2.PrivateKey) (*Signer, error) {
	pub, err := newPublicKey(&k.PublicKey)
	if err != nil {
		return nil, err
	}
	return &Signer{key: k, pub: pub}, nil
}

// Sign gives the ASN.1 DER signature SEQUENCE{r, s} over msg itself (not over
// a digest of it). Signing the same message twice gives different bytes.
func (s *Signer) Sign(msg []byte) ([]byte, error) {
	sig, err := s.key.Sign(rand.Reader, msg, sm2.DefaultSM2SignerOpts)
	if err != nil {
		return nil, fmt.Errorf("sm: sign: %w", err)
	}
	return sig, nil
}

// Public is the key that verifies.
func (s *Signer) Public() PublicKey { return s.pub }

// PEM is the private key as a PKCS#8 "PRIVATE KEY" block; it belongs into a file
// that its owner alone can read.
func (s *Signer) PEM() ([]byte, error) {
	der, err := smx509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		return nil, fmt.Errorf("sm: PKCS#8: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Verify checks a DER signature over msg; ErrSignature if it does not fit.
func Verify(pub PublicKey, msg, sig []byte) error {
	if pub.key == nil || !sm2.VerifyASN1WithSM2(pub.key, nil, msg, sig) {
		return ErrSignature
	}
	return nil
}

func newPublicKey(k *ecdsa.PublicKey) (PublicKey, error) {
	if !sm2.IsSM2PublicKey(k) {
		return PublicKey{}, errors.New("sm: not an SM2 public key")
	}
	der, err := smx509.MarshalPKIXPublicKey(k)
	if err != nil {
		return PublicKey{}, fmt.Errorf("sm: public key: %w", err)
	}
	return PublicKey{key: k, der: der}, nil
}

// ParsePublicKey reads a DER SubjectPublicKeyInfo.
func ParsePublicKey(der []byte) (PublicKey, error) {
	k, err := smx509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, fmt.Errorf("sm: public key: %w", err)
	}
	ec, ok := k.(*ecdsa.PublicKey)
	if !ok {
		return PublicKey{}, errors.New("sm: not an SM2 public key")
	}
	return newPublicKey(ec)
}

// ParsePublicKeyPEM reads a "PUBLIC KEY" block.
func ParsePublicKeyPEM(text []byte) (PublicKey, error) {
	b, _ := pem.Decode(text)
	if b == nil || b.Type != "PUBLIC KEY" {
		return PublicKey{}, errors.New("sm: no PUBLIC KEY block")
	}
	return ParsePublicKey(b.Bytes)
}

// DER is the SubjectPublicKeyInfo; callers must not change it.
func (p PublicKey) DER() []byte { return p.der }

// PEM is the "PUBLIC KEY" block that openssl reads.
func (p PublicKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: p.der})
}

// ID names the key: the first 8 bytes of SM3 over its DER, 16 hexadecimal
// characters.
func (p PublicKey) ID() string {
	d := SM3(p.der)
	return hex.EncodeToString(d[:8])
}

// IsZero reports whether there is no key.
func (p PublicKey) IsZero() bool { return p.key == nil }
