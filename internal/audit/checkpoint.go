package audit

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Keys sign and check checkpoints; sm.NoteSet has them. The first verifier is
// the standard one (Ed25519), the others are of national algorithms (SM2, also
// retired keys). A checkpoint needs the first and one of the others.
type Keys struct {
	Signers   []note.Signer
	Verifiers []note.Verifier
}

// Checkpoint 检查点 says how long the log was at an instant and what its root was.
// Its signed text is the checkpoint format that transparency logs share:
//
//	<name of the log>
//	<size>
//	<root, base64>
//	time <instant>
//	before <SHA-256 of the note before it, base64, or "none">
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	At     time.Time
	Before string // hash of the note before it
	Note   string // signed text
}

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\ntime %s\nbefore %s\n", c.Origin, c.Size, c.Root, c.At.UTC().Format(time.RFC3339Nano), c.Before)
}

// noteHash is how a checkpoint names the one before it.
func noteHash(signed string) string {
	if signed == "" {
		return "none"
	}
	h := sha256.Sum256([]byte(signed))
	return base64.StdEncoding.EncodeToString(h[:])
}

func (k Keys) sign(c Checkpoint) (Checkpoint, error) {
	if len(k.Signers) == 0 {
		return c, errors.New("audit: no key to sign with")
	}
	c.Origin = k.Signers[0].Name()
	signed, err := note.Sign(&note.Note{Text: c.text()}, k.Signers...)
	c.Note = string(signed)
	return c, err
}

// Open checks a signed checkpoint and reads it.
func (k Keys) Open(signed string) (c Checkpoint, err error) {
	if len(k.Verifiers) == 0 {
		return c, errors.New("audit: no key to check with")
	}
	n, err := note.Open([]byte(signed), note.VerifierList(k.Verifiers...))
	if err != nil {
		return c, err
	}
	var first, other bool
	for _, s := range n.Sigs {
		if s.Hash == k.Verifiers[0].KeyHash() {
			first = true
		} else {
			other = true
		}
	}
	if !first || !other && len(k.Verifiers) > 1 {
		return c, errors.New("a signature is missing")
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 6 {
		return c, errors.New("not a checkpoint")
	}
	c.Origin, c.Note = lines[0], signed
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return c, errors.New("not a checkpoint")
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return c, errors.New("not a checkpoint")
	}
	if c.At, err = time.Parse(time.RFC3339Nano, strings.TrimPrefix(lines[3], "time ")); err != nil {
		return c, errors.New("not a checkpoint")
	}
	c.Before = strings.TrimPrefix(lines[4], "before ")
	if c.text() != n.Text || c.Origin != k.Verifiers[0].Name() {
		return c, errors.New("not a checkpoint of this log")
	}
	return c, nil
}
