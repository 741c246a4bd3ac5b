package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/licence"
)

// Licence 电子证照 for its holder, or for staff with a purpose.
type Licence struct {
	Identifier string         `json:"identifier" doc:"电子证照标识, GB/T 36904."`
	Type       string         `json:"type"`
	Name       string         `json:"name"`
	Number     string         `json:"number"`
	Holder     PartyRef       `json:"holder"`
	Issuer     string         `json:"issuer"`
	Issued     string         `json:"issued" format:"date"`
	From       string         `json:"from" format:"date"`
	Until      string         `json:"until,omitempty" format:"date" doc:"Left out: no end."`
	Status     Word           `json:"status"`
	Case       string         `json:"case,omitempty"`
	Hash       string         `json:"hash" doc:"SM3 of content, hexadecimal."`
	Signed     *time.Time     `json:"signed,omitempty" doc:"Left out while the signature is being made."`
	Fields     []LicenceField `json:"fields,omitempty"`
	Content    string         `json:"content,omitempty" doc:"The canonical data that is signed, byte for byte."`
	Signature  string         `json:"signature,omitempty" doc:"SM2 over content, DER, hexadecimal; GET /verify/key gives the public key."`
}

// LicenceField is one entry on a licence.
type LicenceField struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// LicenceUse 用证记录.
type LicenceUse struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Case     string    `json:"case,omitempty"`
	ItemName string    `json:"itemName,omitempty"`
	Purpose  string    `json:"purpose"`
}

// Verification 核验结果.
type Verification struct {
	Identifier string    `json:"identifier"`
	Name       string    `json:"name"`
	Holder     string    `json:"holder" doc:"Masked."`
	Issuer     string    `json:"issuer"`
	Issued     string    `json:"issued" format:"date"`
	From       string    `json:"from" format:"date"`
	Until      string    `json:"until,omitempty" format:"date"`
	Status     Word      `json:"status" doc:"Today."`
	On         string    `json:"on" format:"date"`
	Genuine    bool      `json:"genuine" doc:"Identifier, content and signature are right; look at status as well."`
	Findings   []Finding `json:"findings"`
}

// Finding is one thing that was checked.
type Finding struct {
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// PublicKey is the key that signs licences.
type PublicKey struct {
	PEM string `json:"pem" doc:"SM2 public key; the user id of signatures is 1234567812345678."`
}

// LicenceIn names a licence.
type LicenceIn struct {
	ID string `path:"id" pattern:"^[0-9A-Za-z.]{10,100}$" doc:"Identifier of the licence."`
}

func (s *server) licences() {
	s.ending()
	add(s, operation{id: "licences", method: http.MethodGet, path: "/licences", tag: "licences", zh: "我的证照", en: "The licences of the party the token acts for"},
		func(ctx context.Context, c *call, _ *none) (List[Licence], error) {
			list, err := s.Licences.Held(ctx, c.Actor)
			return List[Licence]{Items: mapTo(list, func(l licence.Licence) Licence { return s.licence(c, &l) })}, err
		})
	add(s, operation{id: "licence", method: http.MethodGet, path: "/licences/{id}", tag: "licences", zh: "电子证照", en: "A licence with its fields, signed data and signature"},
		func(ctx context.Context, c *call, in *struct {
			LicenceIn
			Purpose string `query:"purpose" maxLength:"200" doc:"Staff: for what it is looked at. Required of them."`
		}) (Licence, error) {
			a := c.Actor
			a.Purpose = strings.TrimSpace(in.Purpose)
			l, t, err := s.Licences.Get(ctx, a, in.ID)
			if err != nil {
				return Licence{}, err
			}
			out := s.licence(c, l)
			out.Content = string(l.Content)
			if l.Signature != nil {
				out.Signature = l.SignatureHex()
			}
			for _, f := range t.Fields {
				if v, ok := l.Fields[f.Key]; ok {
					out.Fields = append(out.Fields, LicenceField{f.Key, c.pick(f.Title, f.TitleEN), v})
				}
			}
			return out, nil
		})
	add(s, operation{id: "licence-uses", method: http.MethodGet, path: "/licences/{id}/uses", tag: "licences", zh: "用证记录", en: "Who used my licence, for what"},
		func(ctx context.Context, c *call, in *LicenceIn) (List[LicenceUse], error) {
			list, err := s.Licences.Uses(ctx, c.Actor, in.ID)
			return List[LicenceUse]{Items: mapTo(list, func(u licence.Use) LicenceUse {
				return LicenceUse{u.At.UTC(), u.By, u.CaseNo, u.ItemName, u.Purpose}
			})}, err
		})
	add(s, operation{id: "verify", method: http.MethodGet, path: "/verify/{id}", tag: "licences", open: true, zh: "证照核验", en: "Verify a licence that is shown to you"},
		func(ctx context.Context, c *call, in *LicenceIn) (Verification, error) {
			v, err := s.Licences.Verify(ctx, in.ID)
			if err != nil {
				return Verification{}, err
			}
			return Verification{v.Identifier, v.Name, v.Holder, v.Issuer, v.Issued, v.From, v.Until, word(c, v.Status), v.On, v.Genuine,
				mapTo(v.Findings, func(f licence.Finding) Finding { return Finding{f.OK, c.pick(f.ZH, f.EN)} })}, nil
		})
	addReply(s, operation{id: "verify-key", method: http.MethodGet, path: "/verify/key", tag: "licences", open: true, zh: "证照签名公钥", en: "The public key that licences are signed with"},
		func(_ context.Context, c *call, _ *none) (*reply[PublicKey], error) {
			return publicBody(c, PublicKey{string(s.Licences.PublicKey())})
		})
}

func (s *server) licence(c *call, l *licence.Licence) Licence {
	return Licence{Identifier: l.Identifier, Type: l.TypeKey, Name: l.Name, Number: l.Number, Holder: PartyRef{l.Holder.Kind, ID(l.Holder.ID), l.HolderName},
		Issuer: l.IssuerName, Issued: l.Issued, From: l.From, Until: l.Until, Status: word(c, l.On(clock.DateOf(s.Now()).String())),
		Case: l.CaseNo, Hash: l.Hash, Signed: instant(l.SignedAt)}
}
