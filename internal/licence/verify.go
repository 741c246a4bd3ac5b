package licence

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/sm"
)

// Verification 核验结果 is what a stranger learns: enough to trust a licence that
// is shown to them, nothing to look a person up with.
type Verification struct {
	Identifier string
	Name       string
	Holder     string // a person masked, a firm by its public name
	Issuer     string
	Issued     string
	From       string
	Until      string
	Status     Status // today
	On         string // the day it was looked at
	Genuine    bool   // identifier fits, data unchanged, signature by the platform's key
	Findings   []Finding
}

// Finding is one thing that was checked, in plain words.
type Finding struct {
	OK     bool
	ZH, EN string
}

// Verify checks a licence by its identifier, for anyone.
func (s *Service) Verify(ctx context.Context, identifier string) (*Verification, error) {
	rows, err := s.DB.Read(ctx).Query(sqlByIdentifier, strings.ToUpper(strings.TrimSpace(identifier)))
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, ErrNoLicence
	}
	l, broken := s.scan(rows)
	if l == nil {
		return nil, broken
	}
	today := clock.DateOf(s.DB.Now()).String()
	v := &Verification{Identifier: l.Identifier, Name: l.Name, Holder: shownHolder(l), Issuer: l.IssuerName,
		Issued: l.Issued, From: l.From, Until: l.Until, Status: l.On(today), On: today, Genuine: true}
	find := func(ok bool, zh, en string) {
		v.Findings = append(v.Findings, Finding{ok, zh, en})
		v.Genuine = v.Genuine && ok
	}
	if parsed, r := ident.ParseLicence(l.Identifier); r.Valid && parsed.CheckFits() {
		find(true, "证照标识的校验位正确", "The identifier's check digit fits")
	} else {
		find(false, "证照标识不符合规则", "The identifier does not follow the rule")
	}
	if broken == nil && sm.SM3Hex(l.Content) == l.Hash && l.agrees() {
		find(true, "证照内容自签发后没有变动", "The content is unchanged since it was issued")
	} else {
		find(false, "证照内容与签发时不一致", "The content differs from what was issued")
	}
	switch {
	case broken == nil && l.Signature == nil:
		find(false, "签名正在制作中，请稍后再核验", "The signature is being made; verify again shortly")
	case broken == nil && sm.Verify(s.Signer.Public(), l.Content, l.Signature) == nil:
		find(true, "SM2 签名有效，由本平台签发密钥签署", "The SM2 signature is valid and made with this platform's key")
	default:
		find(false, "SM2 签名无效", "The SM2 signature is not valid")
	}
	return v, nil
}

// agrees reports whether what the register says of the licence is what its
// signed content says: nobody can show another name or validity beside a
// genuine signature.
func (l *Licence) agrees() bool {
	var c Content
	if json.Unmarshal(l.Content, &c) != nil {
		return false
	}
	return c.Identifier == l.Identifier && c.Name == l.Name && c.Number == l.Number && c.HolderName == l.HolderName &&
		c.Authority == l.IssuerName && c.IssuedDate == l.Issued && c.EffectiveDate == l.From && c.ExpiringDate == l.Until
}

// shownHolder masks the name of a person; the name of a firm is public.
func shownHolder(l *Licence) string {
	if l.Holder.Kind == actor.LegalEntity {
		return l.HolderName
	}
	return ident.MaskName(l.HolderName)
}

// PublicKey gives the platform's SM2 public key, PEM, for checking signatures elsewhere.
func (s *Service) PublicKey() []byte { return s.Signer.Public().PEM() }

// SignatureHex gives the signature as text, for API answers.
func (l *Licence) SignatureHex() string { return hex.EncodeToString(l.Signature) }
