package sm

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func newTestSigner(t *testing.T) *Signer {
	t.Helper()
	s, err := NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSign(t *testing.T) {
	s, other := newTestSigner(t), newTestSigner(t)
	msg := []byte("准予行政许可决定书")
	sig, err := s.Sign(msg)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(s.Public(), msg, sig); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"other message":   Verify(s.Public(), msg[1:], sig),
		"other key":       Verify(other.Public(), msg, sig),
		"no key":          Verify(PublicKey{}, msg, sig),
		"cut signature":   Verify(s.Public(), msg, sig[:len(sig)-1]),
		"empty signature": Verify(s.Public(), msg, nil),
		"trailing byte":   Verify(s.Public(), msg, append(sig[:len(sig):len(sig)], 0)),
	} {
		if !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublicKey_forms(t *testing.T) {
	s := newTestSigner(t)
	a, err := ParsePublicKeyPEM(s.Public().PEM())
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParsePublicKey(s.Public().DER())
	if err != nil {
		t.Fatal(err)
	}
	if len(a.ID()) != 16 || a.ID() != s.Public().ID() || b.ID() != a.ID() || a.IsZero() || !(PublicKey{}).IsZero() {
		t.Errorf("ids %s %s %s", a.ID(), b.ID(), s.Public().ID())
	}
	if _, err := ParsePublicKeyPEM([]byte("nothing")); err == nil {
		t.Error("no PEM accepted")
	}
}

// openssl must be there: the test fails without it.
func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("this test needs the openssl program (3.0 or newer): ", err)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	return string(out), err
}

func TestSign_openssl_verifies(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	s, msg := newTestSigner(t), []byte("无锡市一网通办\n")
	sig, err := s.Sign(msg)
	if err != nil {
		t.Fatal(err)
	}
	m, pub, sf := write("m", msg), write("pub.pem", s.Public().PEM()), write("sig", sig)
	verify := func(msgFile, sigFile string) (string, error) {
		return openssl(t, "pkeyutl", "-verify", "-pubin", "-inkey", pub, "-rawin", "-digest", "sm3",
			"-in", msgFile, "-sigfile", sigFile, "-pkeyopt", "distid:"+UserID)
	}
	if out, err := verify(m, sf); err != nil {
		t.Errorf("openssl refuses our signature: %v\n%s", err, out)
	}
	if out, err := verify(write("m2", msg[1:]), sf); err == nil {
		t.Errorf("openssl accepts a changed message: %s", out)
	}
	// Our private key file, used by openssl, and its signature, verified here.
	key, err := s.PEM()
	if err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(dir, "sig2")
	if out, err := openssl(t, "pkeyutl", "-sign", "-inkey", write("key.pem", key), "-rawin", "-digest", "sm3",
		"-in", m, "-out", theirs, "-pkeyopt", "distid:"+UserID); err != nil {
		t.Fatalf("openssl does not sign with our key: %v\n%s", err, out)
	}
	sig2, err := os.ReadFile(theirs)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(s.Public(), msg, sig2); err != nil {
		t.Error("openssl's signature:", err)
	}
	// A key that openssl made.
	made := filepath.Join(dir, "made.pem")
	if out, err := openssl(t, "genpkey", "-algorithm", "SM2", "-out", made); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseSignerPEM(text); err != nil {
		t.Error("key made by openssl:", err)
	}
	if out, err := openssl(t, "genpkey", "-algorithm", "ED25519", "-out", made); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if text, err = os.ReadFile(made); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseSignerPEM(text); err == nil {
		t.Error("an Ed25519 key passes for SM2")
	}
}

func TestNote(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	set, err := k.Note("wuxi.example/audit")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := note.Sign(&note.Note{Text: "checkpoint\n1\nroot\n"}, set.Signers...)
	if err != nil {
		t.Fatal(err)
	}
	ed, err := note.NewVerifier(set.VerifierKey)
	if err != nil {
		t.Fatal(err)
	}
	sm2v, err := ParseSM2NoteVerifier(set.VerifierSM2)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string][]note.Verifier{"Ed25519": {ed}, "SM2": {sm2v}, "all": set.Verifiers} {
		n, err := note.Open(msg, note.VerifierList(v...))
		if err != nil || len(n.Sigs) != len(v) {
			t.Errorf("%s: %v, %v", name, n, err)
		}
		bad := []byte(strings.Replace(string(msg), "root", "rope", 1))
		if _, err := note.Open(bad, note.VerifierList(v...)); err == nil {
			t.Errorf("%s: a changed checkpoint verifies", name)
		}
	}
	if _, err := k.Note("with space"); err == nil {
		t.Error("a name with a space is accepted")
	}
	for _, text := range []string{"", "a+b+c", set.VerifierKey, strings.Replace(set.VerifierSM2, "wuxi", "suzhou", 1)} {
		if _, err := ParseSM2NoteVerifier(text); err == nil {
			t.Errorf("ParseSM2NoteVerifier(%q) accepted", text)
		}
	}
	// After a new signing key, old checkpoints still verify.
	if err := AddSigningKey(dir); err != nil {
		t.Fatal(err)
	}
	if k, err = Load(dir); err != nil {
		t.Fatal(err)
	}
	if set, err = k.Note("wuxi.example/audit"); err != nil {
		t.Fatal(err)
	}
	if n, err := note.Open(msg, note.VerifierList(set.Verifiers...)); err != nil || len(n.Sigs) != 2 {
		t.Errorf("old checkpoint: %v, %v", n, err)
	}
}
