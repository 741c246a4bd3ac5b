package sm

import (
	"encoding/hex"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// SM3 密码杂凑 (GB/T 32905) is the 32-byte digest of the parts one after the
// other, without separators.
func SM3(parts ...[]byte) [32]byte {
	h := sm3.New()
	for _, p := range parts {
		h.Write(p)
	}
	var out [32]byte
	h.Sum(out[:0])
	return out
}

// SM3Hex is SM3 as 64 lower-case hexadecimal characters.
func SM3Hex(parts ...[]byte) string {
	d := SM3(parts...)
	return hex.EncodeToString(d[:])
}

// NewSM3 is SM3 as a hash.Hash, for contents that arrive in pieces.
func NewSM3() hash.Hash { return sm3.New() }
