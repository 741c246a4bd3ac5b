package hook

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Scheme 签名方式 is how letters are signed and checked. There are two: Key and Pair.
type Scheme interface {
	// Sign puts time, number and signature into the headers of a request whose
	// body is given.
	Sign(r *http.Request, body []byte, now time.Time)
	// Verify checks the signature and the time of a request and gives its number.
	// Errors: ErrSignature, ErrStale.
	Verify(r *http.Request, body []byte, now time.Time) (nonce string, err error)
}

// Key 共享密钥 signs and checks letters: HMAC-SM3, at least 16 bytes.
type Key []byte

var _ Scheme = Key(nil)

// The headers of a letter.
const (
	TimeHeader      = "Tongban-Timestamp" // seconds since 1970, UTC
	NonceHeader     = "Tongban-Nonce"     // 16 to 64 letters and digits, never used again
	SignatureHeader = "Tongban-Signature" // in lower-case hexadecimal
)

// Window is how far the time of a letter may lie from ours.
const Window = 5 * time.Minute

// What is wrong with a letter. The words tell its sender what to mend and
// nothing that helps to forge one.
var (
	ErrSignature = errs.New(errs.Unauthenticated, "hook-signature", "签名不正确。", "The signature is missing or wrong.")
	ErrStale     = errs.New(errs.Unauthenticated, "hook-stale", "时间戳超出允许的范围，请用当前时间重新签名。", "The timestamp is outside the window; sign again with the present time.")
)

// LoadKey reads a key from a file. Error: it is not there, or shorter than 16
// bytes.
func LoadKey(path string) (Key, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, errs.New(errs.Invalid, "hook-key", "读不到密钥文件 "+path, "cannot read the key file "+path).Because(err)
	}
	k := Key(strings.TrimSpace(string(b)))
	if len(k) < 16 {
		return nil, errs.New(errs.Invalid, "hook-key", "密钥文件 "+path+" 中的密钥应不少于16个字节", "the key in "+path+" should have at least 16 bytes")
	}
	return k, nil
}

// NewKey makes a key for both ends.
func NewKey() Key { return Key(word()) }

func word() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// Sign implements Scheme.
func (k Key) Sign(r *http.Request, body []byte, now time.Time) {
	text := sealHeaders(r, body, now)
	r.Header.Set(SignatureHeader, k.signature(text))
}

// sealHeaders sets time and number and gives what is signed.
func sealHeaders(r *http.Request, body []byte, now time.Time) string {
	t, nonce := strconv.FormatInt(now.Unix(), 10), word()
	r.Header.Set(TimeHeader, t)
	r.Header.Set(NonceHeader, nonce)
	return signed(r, t, nonce, body)
}

// Verify implements Scheme.
func (k Key) Verify(r *http.Request, body []byte, now time.Time) (nonce string, err error) {
	return verify(r, body, now, func(text, signature string) bool {
		return len(k) >= 16 && hmac.Equal([]byte(signature), []byte(k.signature(text)))
	})
}

// verify checks a letter: the signature comes first, who cannot sign learns
// nothing about our clock.
func verify(r *http.Request, body []byte, now time.Time, good func(text, signature string) bool) (nonce string, err error) {
	t, nonce := r.Header.Get(TimeHeader), r.Header.Get(NonceHeader)
	seconds, bad := strconv.ParseInt(t, 10, 64)
	if bad != nil || len(nonce) < 16 || len(nonce) > 64 || strings.ContainsAny(nonce, "\r\n ") {
		return "", ErrSignature
	}
	if !good(signed(r, t, nonce, body), r.Header.Get(SignatureHeader)) {
		return "", ErrSignature
	}
	if now.Sub(time.Unix(seconds, 0)).Abs() > Window {
		return "", ErrStale
	}
	return nonce, nil
}

// signed is the text that a signature covers: method, path with query, time,
// number and the body's SM3, one a line.
func signed(r *http.Request, t, nonce string, body []byte) string {
	return strings.Join([]string{r.Method, r.URL.RequestURI(), t, nonce, sm.SM3Hex(body)}, "\n")
}

func (k Key) signature(text string) string {
	m := hmac.New(sm.NewSM3, k)
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

const (
	sqlSeen  = `INSERT INTO hook_nonce (nonce, at) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING`
	sqlSweep = `DELETE FROM hook_nonce WHERE at < $1`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string { return []string{sqlSeen, sqlSweep} }

// Fresh keeps the number of a letter in the act that the letter leads to, and
// reports whether it came for the first time. who keeps the numbers of
// different senders apart.
func Fresh(tx *db.Tx, who, nonce string) (bool, error) {
	n, err := tx.Exec(sqlSeen, who+"/"+nonce, tx.NowMicros())
	return n == 1, err
}

// Sweep forgets numbers of letters that would be refused as stale anyway.
func Sweep(tx *db.Tx) { tx.Queue(sqlSweep, db.Micros(tx.Now().Add(-3*Window))) }
