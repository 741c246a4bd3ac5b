package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"
	"time"
)

// SMTP 邮件服务器 is a Provider that sends mail. Its fields are configuration.
type SMTP struct {
	Addr     string         // host:port
	From     string         // mail address, with or without a name
	Security string         // "starttls" (also ""), "tls" from the first byte, or "none": loopback addresses only
	Username string         // "": no authentication
	Password string         // path of a file that holds the password
	RootCAs  *x509.CertPool // nil: those of the system
	Timeout  time.Duration  // for one mail; 0: 30 s
}

// Check tells what is wrong with the configuration, without connecting.
func (s SMTP) Check() error {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return fmt.Errorf("notify: smtp address: %w", err)
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("notify: smtp sender: %w", err)
	}
	switch s.Security {
	case "", "starttls", "tls":
	case "none":
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return errors.New("notify: smtp without encryption is for loopback addresses only")
		}
	default:
		return fmt.Errorf("notify: smtp security %q is none of starttls, tls, none", s.Security)
	}
	return nil
}

// Send sends one mail. A crash after the server took it may repeat it, with
// the same Message-ID. Errors: *Refusal for answers that stay (5xx) and for
// an address that is none.
func (s SMTP) Send(ctx context.Context, p Parcel) (ref string, err error) {
	return "", s.mail(ctx, p)
}

func (s SMTP) mail(ctx context.Context, p Parcel) error {
	if err := s.Check(); err != nil {
		return err
	}
	to, err := mail.ParseAddress(p.Address)
	if err != nil {
		return &Refusal{BadAddress}
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return err
	}
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("smtp: %w", forGood(err))
	}
	defer c.Close()
	if err := s.send(c, from.Address, to.Address, letter(*from, mail.Address{Name: p.Name, Address: to.Address}, p)); err != nil {
		return fmt.Errorf("smtp: %w", forGood(err))
	}
	return nil
}

// dial connects, and is cut off when ctx ends.
func (s SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, err
	}
	if t, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(t); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	secure := &tls.Config{ServerName: host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
	if s.Security == "tls" {
		conn = tls.Client(conn, secure)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if s.Security == "" || s.Security == "starttls" {
		if err := c.StartTLS(secure); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	if s.Username != "" {
		password, err := os.ReadFile(s.Password)
		if err == nil {
			err = c.Auth(smtp.PlainAuth("", s.Username, strings.TrimSpace(string(password)), host))
		}
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

func (s SMTP) send(c *smtp.Client, from, to string, text []byte) error {
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	// The server has taken the mail; what it answers to QUIT changes nothing.
	_ = c.Quit()
	return nil
}

// forGood tells lasting refusals from passing trouble. The server's words are
// left out: they often repeat the address. Refused credentials are our own
// fault, can be mended, and do not lose mail.
func forGood(err error) error {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return err
	}
	switch {
	case answer.Code == 530 || answer.Code == 534 || answer.Code == 535 || answer.Code == 538:
		return fmt.Errorf("login answered with %d", answer.Code)
	case answer.Code >= 500:
		return &Refusal{cmp.Or(refusals[answer.Code], BadAddress)}
	}
	return fmt.Errorf("answered with %d", answer.Code)
}

// refusals are what answers that stay mean; the rest is the address.
var refusals = map[int]string{552: Quota, 554: Blocked, 521: Blocked, 556: BadAddress}

// letter writes the mail: one text part, UTF-8 in base64.
func letter(from, to mail.Address, p Parcel) []byte {
	_, domain, _ := strings.Cut(from.Address, "@")
	body := strings.ReplaceAll(strings.ReplaceAll(p.Text, "\r\n", "\n"), "\n", "\r\n") + "\r\n"
	subject := strings.Join(strings.Fields(p.Subject), " ")
	if r := []rune(subject); len(r) > 60 {
		subject = string(r[:60]) + "…"
	}
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", from.String()},
		{"To", to.String()},
		{"Subject", mime.BEncoding.Encode("utf-8", subject)},
		{"Date", p.At.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + p.Key + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "base64"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	for text := base64.StdEncoding.EncodeToString([]byte(body)); text != ""; {
		n := min(76, len(text))
		b.WriteString(text[:n] + "\r\n")
		text = text[n:]
	}
	return b.Bytes()
}
