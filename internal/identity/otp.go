package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// The second factor is TOTP (RFC 6238) as every authenticator reads it: SHA-1,
// six digits, half minutes; one step early or late is accepted.
const (
	otpSeconds = 30
	otpSkew    = 1
	otpSecret  = 20 // bytes, the length RFC 4226 recommends
)

func otpStep(t time.Time) int64 { return t.Unix() / otpSeconds }

func codeAt(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// matchCode finds the step that a code belongs to.
func matchCode(secret, code string, now time.Time) (step int64, fits bool, err error) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	at := otpStep(now)
	for s := at - otpSkew; s <= at+otpSkew; s++ {
		want, err := codeAt(secret, s)
		if err != nil {
			return 0, false, fmt.Errorf("second factor: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, fits = s, true
		}
	}
	return step, fits, nil
}

// newSecret is a fresh TOTP secret in base32.
func newSecret() (string, error) {
	raw := make([]byte, otpSecret)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("second factor: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw), nil
}

// otpURL is what an authenticator scans.
func otpURL(issuer, login, secret string) string {
	v := url.Values{"secret": {secret}, "issuer": {issuer}}
	return (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + login, RawQuery: v.Encode()}).String()
}

// ErrCodeSpent says that the codes of this moment are used up.
var ErrCodeSpent = errs.New(errs.Conflict, "code-spent", "本时段的动态口令已用完，请半分钟后再取。", "The codes of this moment are used; ask again in half a minute.")

const sqlDemoSecret = `SELECT totp, totp_step FROM staff WHERE login = $1 AND demo AND NOT disabled`

// OTP is the code that a demo account can log in with now; if the current one
// has been used, the next. Other accounts have no code here: ErrNoAccount.
func (s *Service) OTP(ctx context.Context, login string) (string, error) {
	var sealed []byte
	var last int64
	err := s.db.Read(ctx).QueryRow(sqlDemoSecret, cleanLogin(login)).Scan(&sealed, &last)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrNoAccount
	}
	if err != nil {
		return "", err
	}
	secret, err := s.open(sealTOTP, sealed)
	if err != nil {
		return "", err
	}
	now := otpStep(s.now())
	step := max(now, last+1)
	if step > now+otpSkew {
		return "", ErrCodeSpent
	}
	return codeAt(secret, step)
}
