package identity

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
)

// Batch is the identity part of an import folder; the tags are those of its
// files (divisions.yaml, units.yaml, persons.yaml, entities.yaml,
// mandates.yaml, staff.yaml).
type Batch struct {
	Divisions []DivisionInput
	Units     []UnitInput
	Persons   []PersonInput
	Entities  []EntityInput
	Mandates  []MandateSeed
	Staff     []StaffInput

	Demo     bool   // mark new accounts as demonstration accounts; serve refuses to run with them
	Password string // first password of new accounts; empty: they cannot log in until one is set
}

// DivisionInput is a line of divisions.yaml.
type DivisionInput struct {
	Code        string `yaml:"code" json:"code"`
	Name        string `yaml:"name" json:"name"`
	Parent      string `yaml:"parent" json:"parent"`
	Level       string `yaml:"level" json:"level"`
	National    bool   `yaml:"gb" json:"gb"`
	Statistical string `yaml:"statisticalParent" json:"statisticalParent"`
}

// UnitInput is a line of units.yaml; Parent is a key.
type UnitInput struct {
	Key       string `yaml:"key" json:"key"`
	Name      string `yaml:"name" json:"name"`
	Short     string `yaml:"short" json:"short"`
	USCC      string `yaml:"uscc" json:"uscc"`
	Kind      string `yaml:"kind" json:"kind"`
	Parent    string `yaml:"parent" json:"parent"`
	Division  string `yaml:"division" json:"division"`
	Level     string `yaml:"level" json:"level"`
	Phone     string `yaml:"phone" json:"phone"`
	Address   string `yaml:"address" json:"address"`
	Synthetic bool   `yaml:"synthetic" json:"synthetic"`

	NameReason string `yaml:"nameReason" json:"nameReason"` // of a centre: why its name is not the one of its level
}

// PersonInput is a line of persons.yaml, and what a clerk writes down at the
// window (without Key and Login). Sex is checked against the ID number.
type PersonInput struct {
	Key      string `yaml:"key" json:"key"`
	Login    string `yaml:"login" json:"login"`
	Name     string `yaml:"name" json:"name"`
	IDNumber string `yaml:"idNumber" json:"idNumber"`
	Sex      string `yaml:"sex" json:"sex"` // "男", "女" or empty
	Phone    string `yaml:"phone" json:"phone"`
	Email    string `yaml:"email" json:"email"`
	Address  string `yaml:"address" json:"address"`
	Division string `yaml:"division" json:"division"`
}

// EntityInput is a line of entities.yaml; LegalRep and the agents are keys of
// persons.yaml.
type EntityInput struct {
	Key      string      `yaml:"key" json:"key"`
	Name     string      `yaml:"name" json:"name"`
	USCC     string      `yaml:"uscc" json:"uscc"`
	Kind     string      `yaml:"kind" json:"kind"`
	LegalRep string      `yaml:"legalRep" json:"legalRep"`
	Address  string      `yaml:"address" json:"address"`
	Division string      `yaml:"division" json:"division"`
	Agents   []AgentSeed `yaml:"agents" json:"agents"`
}

// AgentSeed is an agent of an entity, employed from the day of the import.
type AgentSeed struct {
	Person string   `yaml:"person" json:"person"`
	Until  string   `yaml:"until" json:"until"`
	Items  []string `yaml:"items" json:"items"`
}

// MandateSeed is a line of mandates.yaml between persons.
type MandateSeed struct {
	Principal string   `yaml:"principal" json:"principal"`
	Agent     string   `yaml:"agent" json:"agent"`
	Items     []string `yaml:"items" json:"items"`
	From      string   `yaml:"from" json:"from"`
	Until     string   `yaml:"until" json:"until"`
	Ground    string   `yaml:"ground" json:"ground"`
}

// StaffInput is a line of staff.yaml.
type StaffInput struct {
	Login string      `yaml:"login" json:"login"`
	Name  string      `yaml:"name" json:"name"`
	Unit  string      `yaml:"unit" json:"unit"`
	Roles []RoleInput `yaml:"roles" json:"roles"`
	Once  db.Once     `yaml:"-" json:"-"` // may be nil; see CreateStaff
}

// RoleInput is a role; without a unit it holds in the staff member's own.
type RoleInput struct {
	Role actor.Role `yaml:"role" json:"role"`
	Unit string     `yaml:"unit" json:"unit"`
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

func badLogin(path string) errs.Field {
	return errs.Field{Path: path, Code: "pattern", ZH: "账号为2至32位小写字母、数字、点、横线。", EN: "A login is 2 to 32 of a-z, 0-9, dot, dash, underscore."}
}

func required(path string) errs.Field {
	return errs.Field{Path: path, Code: "required", ZH: "此项必填。", EN: "This is required."}
}

func tooLong(path string, n int) errs.Field {
	return errs.Field{Path: path, Code: "long", ZH: fmt.Sprintf("不超过%d字。", n), EN: fmt.Sprintf("At most %d characters.", n)}
}

// problems names what does not fit, with prefix before every path.
func (in PersonInput) problems(prefix string) []errs.Field {
	var out []errs.Field
	name := strings.TrimSpace(in.Name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		out = append(out, required(prefix+"name"))
	case n > 50:
		out = append(out, tooLong(prefix+"name", 50))
	}
	number, r := ident.ParseResident(in.IDNumber)
	switch {
	case !r.Valid:
		out = append(out, r.Field(prefix+"idNumber"))
	case in.Sex != "" && (in.Sex == "男") != number.Male():
		out = append(out, errs.Field{Path: prefix + "sex", Code: "mismatch", ZH: "性别与证件号码不符。", EN: "The sex does not fit the ID number."})
	}
	if in.Login != "" && !loginForm.MatchString(in.Login) {
		out = append(out, badLogin(prefix+"login"))
	}
	return append(out, contactProblems(prefix, in.Phone, in.Email, in.Address)...)
}

// contactProblems checks what may be empty.
func contactProblems(prefix, phone, email, address string) []errs.Field {
	var out []errs.Field
	if phone != "" {
		if r := ident.CheckMobile(phone); !r.Valid {
			out = append(out, r.Field(prefix+"phone"))
		}
	}
	if local, domain, ok := strings.Cut(email, "@"); email != "" && (!ok || local == "" || !strings.Contains(domain, ".") || len(email) > 200 || strings.ContainsAny(email, " \t\r\n<>,;")) {
		out = append(out, errs.Field{Path: prefix + "email", Code: "pattern", ZH: "电子邮箱格式不正确。", EN: "This is not an e-mail address."})
	}
	if utf8.RuneCountInString(address) > 200 {
		out = append(out, tooLong(prefix+"address", 200))
	}
	return out
}

func (in PersonInput) person() Person {
	return Person{Login: in.Login, Name: strings.TrimSpace(in.Name), IDNumber: ident.Normalise(in.IDNumber), Phone: ident.NormaliseMobile(in.Phone),
		Email: strings.TrimSpace(in.Email), Address: strings.TrimSpace(in.Address), Division: in.Division}
}

func (d DivisionInput) problems() []errs.Field {
	var out []errs.Field
	path := "divisions/" + d.Code
	if !twelveDigits.MatchString(d.Code) {
		out = append(out, errs.Field{Path: path + "/code", Code: "pattern", ZH: "区划代码为12位数字。", EN: "A division code has 12 digits."})
	}
	if d.National {
		if r := ident.CheckDivision(d.Code); !r.Valid {
			out = append(out, r.Field(path+"/code"))
		}
	}
	if d.Name == "" {
		out = append(out, required(path+"/name"))
	}
	return out
}

var twelveDigits = regexp.MustCompile(`^[0-9]{12}$`)

func (u UnitInput) problems(halls HallNames) []errs.Field {
	var out []errs.Field
	path := "units/" + u.Key
	if u.Name == "" {
		out = append(out, required(path+"/name"))
	}
	if u.USCC != "" {
		if r := ident.CheckUSCC(u.USCC); !r.Valid {
			out = append(out, r.Field(path+"/uscc"))
		}
	}
	if !slices.Contains([]string{"government", "department", "centre", "station"}, u.Kind) {
		out = append(out, errs.Field{Path: path + "/kind", Code: "unknown", ZH: "应为 government、department、centre 或 station。", EN: "One of government, department, centre, station."})
	}
	if !slices.Contains([]string{"3", "4", "5", "6"}, u.Level) {
		out = append(out, errs.Field{Path: path + "/level", Code: "unknown", ZH: "层级应为3至6。", EN: "A level is 3 to 6."})
	}
	return append(out, halls.problems(path, u.Kind, u.Level, u.Name, strings.TrimSpace(u.NameReason))...)
}

func (e EntityInput) problems() []errs.Field {
	var out []errs.Field
	path := "entities/" + cmp.Or(e.Key, e.USCC)
	if e.Name == "" {
		out = append(out, required(path+"/name"))
	}
	if r := ident.CheckUSCC(e.USCC); !r.Valid {
		out = append(out, r.Field(path+"/uscc"))
	}
	for _, ag := range e.Agents {
		out = append(out, badDate(path+"/agents/"+ag.Person+"/until", ag.Until)...)
	}
	return out
}

func (m MandateSeed) problems() []errs.Field {
	path := "mandates/" + m.Principal + "/" + m.Agent
	out := append(badDate(path+"/from", m.From), badDate(path+"/until", m.Until)...)
	if m.Principal == m.Agent {
		out = append(out, errs.Field{Path: path, Code: "self", ZH: "不能授权给自己。", EN: "The agent is another person."})
	}
	return out
}

func badDate(path, day string) []errs.Field {
	if _, err := time.Parse(time.DateOnly, day); err == nil {
		return nil
	}
	return []errs.Field{{Path: path, Code: "date", ZH: "日期应为 年-月-日。", EN: "A date is year-month-day."}}
}

func (st StaffInput) problems() []errs.Field {
	var out []errs.Field
	path := "staff/" + st.Login
	if !loginForm.MatchString(st.Login) {
		out = append(out, badLogin(path+"/login"))
	}
	if st.Name == "" {
		out = append(out, required(path+"/name"))
	}
	var grants []actor.Grant
	for _, r := range st.Roles {
		grants = append(grants, actor.Grant{Role: r.Role})
		if !slices.Contains(actor.Roles, r.Role) {
			out = append(out, errs.Field{Path: path + "/roles", Code: "unknown", ZH: "没有这个角色。", EN: "There is no such role."})
		}
	}
	if administrations(grants) > 1 {
		out = append(out, errs.Field{Path: path + "/roles", Code: "separation", ZH: ErrSeparation.ZH, EN: ErrSeparation.EN})
	}
	return out
}
