package sm

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// NewToken 随机令牌 is 32 random bytes as 43 characters [A-Za-z0-9_-]: session
// ids, API tokens, handles in QR codes. Store TokenHash of it, never itself.
func NewToken() (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("sm: random: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// TokenHash is what is stored of a token: SM3 as 64 hexadecimal characters. A
// token is random, so it needs no salt and no slow hash.
func TokenHash(token string) string { return SM3Hex([]byte("tongban token\n"), []byte(token)) }

// Digits is n random decimal digits, each value equally likely: pick-up and
// verification codes.
func Digits(n int) (string, error) {
	out := make([]byte, 0, n)
	buf := make([]byte, n+8)
	for len(out) < n {
		if _, err := rand.Read(buf); err != nil {
			return "", fmt.Errorf("sm: random: %w", err)
		}
		for _, b := range buf {
			if b < 250 && len(out) < n { // 250 = 25 × 10: no digit is favoured
				out = append(out, '0'+b%10)
			}
		}
	}
	return string(out), nil
}
