package identity

import (
	"time"

	"github.com/tongban/tongban/internal/actor"
)

// Division 行政区划: a county, town or functional zone.
type Division struct {
	Code        string // 12 digits
	Name        string
	Parent      string // 12 digits, empty at the top
	Level       string // "city", "county", "town", "zone"
	National    bool   // the code is in the national list; a functional zone's own code is not
	Statistical string // for a zone without a national code: the division that statistics count it under
}

// Unit 单位: a government, department, service centre or station.
type Unit struct {
	ID          int64
	Key         string // short handle from the import folder
	Name, Short string
	USCC        string // 统一社会信用代码, may be empty
	Kind        string // "government", "department", "centre", "station"
	Path        string // materialised: ids from the root, "/1/12/"
	ParentID    int64  // 0 at the top
	Division    string // 12 digits
	Level       string // 行使层级: "3" city, "4" county, "5" town, "6" village
	Phone       string
	Address     string
	Synthetic   bool   // made up for the demonstration
	Fair        bool   // 自动分办: new tasks go to whoever has the least open work
	NameReason  string // of a centre: why its name is not the one of its level (HallNames); empty: it is
}

// Person 自然人. IDNumber, Phone, Email and Address are sealed at rest; they are
// open here, so show Masked unless the act needs them.
type Person struct {
	ID       int64
	Login    string // empty for a person without an account
	Name     string
	IDNumber string // 公民身份号码, as given
	Phone    string
	Email    string
	Address  string
	Division string
	Walkin   bool // first met at a window
	Demo     bool
}

// Entity 法人和非法人组织.
type Entity struct {
	ID         int64
	Name       string
	USCC       string
	Kind       string // "company", "individual-business", "institution", "social"
	Address    string
	Division   string
	LegalRepID int64 // 法定代表人, a person
}

// Mandate 授权委托: a principal lets a natural person act for it
// (行政许可法 第二十九条第二款).
type Mandate struct {
	ID          int64
	Principal   actor.Party
	Agent       actor.Party // always a natural person
	Items       []string    // basic codes of items, or "*" for all
	From, Until string      // dates, both included
	Ground      string      // what it rests on: employment, a written authorisation, kinship
	CreatedAt   time.Time
	RevokedAt   time.Time // zero while it stands
}

// Holds reports whether the mandate stands on a day (2006-01-02, Shanghai).
func (m Mandate) Holds(day string) bool {
	return m.RevokedAt.IsZero() && m.From <= day && day <= m.Until
}

// Covers reports whether the mandate reaches an item by its basic code.
func (m Mandate) Covers(basicCode string) bool {
	for _, i := range m.Items {
		if i == AllItems || i == basicCode {
			return true
		}
	}
	return false
}

// AllItems in Mandate.Items stands for every item.
const AllItems = "*"

// Staff 工作人员.
type Staff struct {
	ID         int64
	Login      string
	Name       string
	UnitID     int64
	Grants     []actor.Grant
	Disabled   bool
	Demo       bool
	MustChange bool // the password was set by someone else
}

// Acting is one capacity in which a person may act: 本人, 法定代表人, 代理人.
type Acting struct {
	Party   actor.Party
	Mandate int64  // 0 for oneself and as legal representative
	ZH, EN  string // "法定代表人", "Legal representative"
	Until   string // last day of the mandate, empty without one
}

// PartyInfo is what a case, document or licence says about a party. The number,
// phone and address are open.
type PartyInfo struct {
	Party    actor.Party
	Name     string
	IDKind   string // "resident-id" or "uscc"
	IDNumber string
	Phone    string
	Address  string
	Division string
	LegalRep string // name of an entity's 法定代表人
	Entity   string // an entity's kind
}
