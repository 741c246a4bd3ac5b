package identity

import (
	"github.com/tongban/tongban/internal/ident"
)

// What a sealed value is for; bound to the value, so they never change.
const (
	sealIDNumber = "person/id-number"
	sealPhone    = "person/phone"
	sealEmail    = "person/email"
	sealAddress  = "person/address"
	sealTOTP     = "staff/totp"
	indexLogin   = "login"
)

// seal encrypts a value; an empty one stays NULL.
func (s *Service) seal(purpose, plain string) ([]byte, error) {
	if plain == "" {
		return nil, nil
	}
	return s.vault.Seal(purpose, []byte(plain))
}

// open decrypts a value; NULL is empty.
func (s *Service) open(purpose string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := s.vault.Open(purpose, sealed)
	return string(plain), err
}

func (s *Service) idIndex(number string) string {
	return s.vault.Index(sealIDNumber, ident.Normalise(number))
}

// phoneIndex is NULL for no phone.
func (s *Service) phoneIndex(phone string) *string {
	if phone == "" {
		return nil
	}
	x := s.vault.Index(sealPhone, ident.NormaliseMobile(phone))
	return &x
}

// Masked gives a copy fit for screens of people who need not see it all.
func (p Person) Masked() Person {
	p.Name = ident.MaskName(p.Name)
	p.IDNumber = ident.MaskNumber(p.IDNumber)
	p.Phone = ident.MaskMobile(p.Phone)
	p.Email = maskEmail(p.Email)
	p.Address = maskAddress(p.Address)
	return p
}

// Masked gives a copy fit for screens: an entity's name and code are public, a
// person's are not.
func (p PartyInfo) Masked() PartyInfo {
	if p.IDKind == ResidentID {
		p.Name = ident.MaskName(p.Name)
		p.Party.Name = p.Name
		p.IDNumber = ident.MaskNumber(p.IDNumber)
		p.Address = maskAddress(p.Address)
	}
	p.Phone = ident.MaskMobile(p.Phone)
	p.LegalRep = ident.MaskName(p.LegalRep)
	return p
}

// Kinds of identity numbers in PartyInfo.
const (
	ResidentID = "resident-id" // 公民身份号码
	USCC       = "uscc"        // 统一社会信用代码
)

// maskEmail keeps the first character and the domain.
func maskEmail(s string) string {
	for i, r := range s {
		if r == '@' && i > 0 {
			return string([]rune(s)[0]) + "***" + s[i:]
		}
	}
	if s == "" {
		return ""
	}
	return "***"
}

// maskAddress keeps about the district: the first six characters.
func maskAddress(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[:min(6, len(r)/2)]) + "****"
}
