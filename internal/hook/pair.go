package hook

import (
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Pair SM2签名 signs with our private key and checks with the other side's public
// key: SM2 with SM3 under the default user id (GB/T 32918.2, GB/T 35276), DER in
// lower-case hexadecimal. Neither side can write the other's letters.
type Pair struct {
	Own    *sm.Signer
	Theirs sm.PublicKey
}

var _ Scheme = (*Pair)(nil)

// Sign implements Scheme.
func (p *Pair) Sign(r *http.Request, body []byte, now time.Time) {
	text := sealHeaders(r, body, now)
	r.Header.Del(SignatureHeader)
	if sig, err := p.Own.Sign([]byte(text)); err == nil { // else the letter goes out unsigned and is refused
		r.Header.Set(SignatureHeader, hex.EncodeToString(sig))
	}
}

// Verify implements Scheme.
func (p *Pair) Verify(r *http.Request, body []byte, now time.Time) (nonce string, err error) {
	return verify(r, body, now, func(text, signature string) bool {
		sig, err := hex.DecodeString(signature)
		return err == nil && !p.Theirs.IsZero() && sm.Verify(p.Theirs, []byte(text), sig) == nil
	})
}

// LoadPair reads our SM2 private key (PKCS#8, PEM) and their public key (PEM).
func LoadPair(own, theirs string) (*Pair, error) {
	text, err := os.ReadFile(own)
	if err != nil {
		return nil, errs.New(errs.Invalid, "hook-key", "读不到密钥文件 "+own, "cannot read the key file "+own).Because(err)
	}
	signer, err := sm.ParseSignerPEM(text)
	if err != nil {
		return nil, errs.New(errs.Invalid, "hook-key", own+" 不是PKCS#8格式的SM2私钥", own+" holds no SM2 private key in PKCS#8").Because(err)
	}
	if text, err = os.ReadFile(theirs); err != nil {
		return nil, errs.New(errs.Invalid, "hook-key", "读不到公钥文件 "+theirs, "cannot read the public key file "+theirs).Because(err)
	}
	pub, err := sm.ParsePublicKeyPEM(text)
	if err != nil {
		return nil, errs.New(errs.Invalid, "hook-key", theirs+" 不是PEM格式的SM2公钥", theirs+" holds no SM2 public key in PEM").Because(err)
	}
	return &Pair{signer, pub}, nil
}

// WritePair makes an SM2 key: the private half for one side (mode 0600), the
// public half for the other. Neither file may be there.
func WritePair(private, public string) error {
	signer, err := sm.NewSigner()
	if err != nil {
		return err
	}
	text, err := signer.PEM()
	if err != nil {
		return err
	}
	if err := writeNew(private, text, 0o600); err != nil {
		return err
	}
	return writeNew(public, signer.Public().PEM(), 0o644)
}

// WriteKey makes a shared key (mode 0600), unless the file is there.
func WriteKey(path string) error { return writeNew(path, append(NewKey(), '\n'), 0o600) }

func writeNew(path string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
