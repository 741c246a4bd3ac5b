package notify

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mailServer speaks as much SMTP as a submission server does: EHLO, STARTTLS,
// AUTH PLAIN, MAIL, RCPT, DATA, QUIT. Before STARTTLS it offers nothing else.
type mailServer struct {
	addr    string
	roots   *x509.CertPool
	config  *tls.Config
	taken   chan string // letters
	implied bool        // TLS from the first byte
	bare    bool        // no TLS at all
}

func startMail(t *testing.T, m *mailServer) *mailServer {
	t.Helper()
	certs := httptest.NewTLSServer(nil) // for its certificate of 127.0.0.1
	t.Cleanup(certs.Close)
	m.roots = x509.NewCertPool()
	m.roots.AddCert(certs.Certificate())
	m.config = &tls.Config{Certificates: certs.TLS.Certificates}
	m.taken = make(chan string, 8)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			m.serve(c)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return m
}

func (m *mailServer) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	secure := m.bare
	if m.implied {
		c, secure = tls.Server(c, m.config), true
	}
	r := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 here")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb = strings.ToUpper(verb); {
		case verb == "EHLO" && !secure:
			say("250-here\r\n250 STARTTLS")
		case verb == "EHLO":
			say("250-here\r\n250 AUTH PLAIN")
		case verb == "STARTTLS":
			say("220 go")
			c, secure = tls.Server(c, m.config), true
			r = bufio.NewReader(c)
		case verb == "QUIT":
			say("221 bye")
			return
		case !secure:
			say("530 TLS first")
		case verb == "AUTH":
			plain, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if err != nil || string(plain) != "\x00tongban\x00secret" {
				say("535 no")
				continue
			}
			say("235 ok")
		case verb == "RCPT" && strings.Contains(rest, "nobody@"):
			say("550 no such user " + rest)
		case verb == "RCPT" && strings.Contains(rest, "busy@"):
			say("451 later " + rest)
		case verb == "DATA":
			say("354 go")
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			m.taken <- b.String()
			say("250 taken")
		default:
			say("250 ok")
		}
	}
}

func parcel() Parcel {
	return Parcel{Key: "42", Address: "zhang@example.com", Name: "张三", Subject: "您申请的事项需要补正材料。", Text: "您申请的事项需要补正材料。" + strings.Repeat("请及时办理。", 12),
		URL: "https://tongban.example/my/cases/1", At: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMail(t *testing.T) {
	for security, m := range map[string]*mailServer{"starttls": {}, "tls": {implied: true}, "none": {bare: true}} {
		t.Run(security, func(t *testing.T) {
			startMail(t, m)
			s := SMTP{Addr: m.addr, From: "通办 <no-reply@tongban.example>", Security: security, Username: "tongban",
				Password: secretFile(t, "secret\n"), RootCAs: m.roots}
			if _, err := s.Send(t.Context(), parcel()); err != nil {
				t.Fatal(err)
			}
			letter, err := mail.ReadMessage(strings.NewReader(<-m.taken))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"Message-ID": "<42@tongban.example>", "Date": "Mon, 02 Mar 2026 01:00:00 +0000"} {
				if got := letter.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			to, err := letter.Header.AddressList("To")
			if err != nil || to[0].Name != "张三" || to[0].Address != "zhang@example.com" {
				t.Errorf("To: %v, %v", to, err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
			if err != nil || !strings.HasPrefix(subject, "您申请的事项需要补正材料。") {
				t.Errorf("Subject: %q, %v", subject, err)
			}
			body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, letter.Body))
			if err != nil || string(body) != parcel().Text+"\r\n" {
				t.Errorf("body %q, %v", body, err)
			}
		})
	}
}

func TestMail_trouble(t *testing.T) {
	m := startMail(t, &mailServer{})
	good := SMTP{Addr: m.addr, From: "no-reply@tongban.example", Username: "tongban", Password: secretFile(t, "secret"), RootCAs: m.roots}
	rows := []struct {
		name    string
		change  func(*SMTP, *Parcel)
		forGood bool
	}{
		{"unknown person", func(_ *SMTP, p *Parcel) { p.Address = "nobody@example.com" }, true},
		{"no address", func(_ *SMTP, p *Parcel) { p.Address = "13800000000" }, true},
		{"two lines in the address", func(_ *SMTP, p *Parcel) { p.Address = "a@b.example\r\nBcc: c@d.example" }, true},
		{"busy", func(_ *SMTP, p *Parcel) { p.Address = "busy@example.com" }, false},
		{"wrong password", func(s *SMTP, _ *Parcel) { s.Password = secretFile(t, "other") }, false},
		{"no password file", func(s *SMTP, _ *Parcel) { s.Password += "x" }, false},
		{"unknown certificate", func(s *SMTP, _ *Parcel) { s.RootCAs = x509.NewCertPool() }, false},
		{"no encryption where it is demanded", func(s *SMTP, _ *Parcel) { s.Security, s.Username = "none", "" }, false},
		{"nobody listens", func(s *SMTP, _ *Parcel) { s.Addr = "127.0.0.1:1" }, false},
	}
	for _, r := range rows {
		s, p := good, parcel()
		r.change(&s, &p)
		_, err := s.Send(t.Context(), p)
		if err == nil || errors.Is(err, ErrRefused) != r.forGood {
			t.Errorf("%s: %v", r.name, err)
		}
		if err != nil && strings.Contains(err.Error(), "@") {
			t.Errorf("%s: the error tells the address: %v", r.name, err)
		}
	}
	if len(m.taken) > 0 {
		t.Errorf("%d letters were taken", len(m.taken))
	}
	p := parcel()
	p.Name, p.Subject = "张\r\nBcc: x@y.example", "一行\r\nBcc: x@y.example"
	if _, err := good.Send(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	letter, err := mail.ReadMessage(strings.NewReader(<-m.taken))
	if err != nil || letter.Header.Get("Bcc") != "" {
		t.Errorf("a header was smuggled in: %v, %v", letter, err)
	}
}

func TestMail_Check(t *testing.T) {
	for _, s := range []SMTP{
		{Addr: "mail", From: "a@b.example"},
		{Addr: "mail:25", From: "nobody"},
		{Addr: "mail:25", From: "a@b.example", Security: "ssl"},
		{Addr: "mail:25", From: "a@b.example", Security: "none"},
		{Addr: "10.0.0.1:25", From: "a@b.example", Security: "none"},
	} {
		if err := s.Check(); err == nil {
			t.Errorf("accepted: %+v", s)
		}
	}
	if err := (SMTP{Addr: "mail:587", From: "通办 <a@b.example>"}).Check(); err != nil {
		t.Error(err)
	}
}
