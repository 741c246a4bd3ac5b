package sm

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argonCost is what one guess costs: memory in KiB, passes, lanes.
type argonCost struct {
	memory, passes uint32
	lanes          uint8
}

// The cost of new hashes: 19 MiB, two passes, one lane. Each running check
// holds that memory; the caller bounds how many run at once.
const (
	passwordMemory = 19 << 10
	passwordPasses = 2
	passwordLanes  = 1
	passwordSalt   = 16
	passwordSum    = 32
	// MaxPassword is the longest password in bytes that is hashed.
	MaxPassword = 1024
)

// ErrPasswordLong says that a password exceeds MaxPassword.
var ErrPasswordLong = errors.New("sm: password too long")

var errPHC = errors.New("sm: not an argon2id hash")

// HashPassword 口令散列 is the argon2id hash as a PHC string
// ($argon2id$v=19$m=19456,t=2,p=1$salt$hash).
func HashPassword(password string) (string, error) {
	if len(password) > MaxPassword {
		return "", ErrPasswordLong
	}
	salt := make([]byte, passwordSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("sm: salt: %w", err)
	}
	c := argonCost{passwordMemory, passwordPasses, passwordLanes}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(c.sum(password, salt, passwordSum))), nil
}

// VerifyPassword reports whether password made the PHC string. An empty hash
// (no such account) takes as long as a real one and never fits, so that time
// does not tell which names exist. The error speaks of a broken hash, never of
// a wrong password.
func VerifyPassword(hash, password string) (bool, error) {
	if len(password) > MaxPassword {
		return false, nil
	}
	if hash == "" {
		argonCost{passwordMemory, passwordPasses, passwordLanes}.sum(password, make([]byte, passwordSalt), passwordSum)
		return false, nil
	}
	c, salt, want, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(c.sum(password, salt, len(want)), want) == 1, nil
}

// NeedsRehash reports whether a hash was made at another cost than new ones;
// the moment to make it anew is after a successful VerifyPassword.
func NeedsRehash(hash string) bool {
	c, salt, sum, err := parsePHC(hash)
	return err != nil || c != argonCost{passwordMemory, passwordPasses, passwordLanes} ||
		len(salt) != passwordSalt || len(sum) != passwordSum
}

func (c argonCost) sum(password string, salt []byte, n int) []byte {
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, uint32(n))
}

// parsePHC refuses costs beyond 256 MiB or 16 passes, so that a hash brought
// in from elsewhere cannot exhaust the machine.
func parsePHC(s string) (c argonCost, salt, sum []byte, err error) {
	p := strings.Split(s, "$")
	if len(p) != 6 || p[0] != "" || p[1] != "argon2id" || p[2] != "v="+strconv.Itoa(argon2.Version) {
		return c, nil, nil, errPHC
	}
	costs := strings.Split(p[3], ",")
	if len(costs) != 3 {
		return c, nil, nil, errPHC
	}
	var n [3]uint64
	for i, limit := range []struct {
		name     string
		min, max uint64
	}{{"m=", 8, 256 << 10}, {"t=", 1, 16}, {"p=", 1, 16}} {
		digits, ok := strings.CutPrefix(costs[i], limit.name)
		v, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || v < limit.min || v > limit.max {
			return c, nil, nil, errPHC
		}
		n[i] = v
	}
	c = argonCost{uint32(n[0]), uint32(n[1]), uint8(n[2])}
	salt, err1 := base64.RawStdEncoding.DecodeString(p[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(p[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(salt) > 64 || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, errPHC
	}
	return c, salt, sum, nil
}
