// Package actor says who acts, for whom, in which role, through which channel
// and for what purpose. It decides nothing: identity.Decide does.
package actor

import "strings"

// Actor 行为人 is who performs an act; it is written into every audit record.
type Actor struct {
	Kind    Kind
	ID      int64   // identity's person or staff id; 0 for Anonymous and System
	Name    string  // as shown to people
	For     Party   // applicant side: whose matter it is (self, a legal entity, a principal)
	Mandate int64   // identity's mandate id when acting for another by authorisation (代理)
	Unit    int64   // staff: the unit they serve in
	Grants  []Grant // staff: roles and where they hold
	Channel Channel
	Purpose string // why data is looked at, when the act needs one
	IP      string
	Session int64 // gate's session or token id, 0 if none
}

// Kind of actor.
type Kind string

// The kinds.
const (
	Anonymous Kind = "anonymous"
	Person    Kind = "person" // 自然人, logged in; For says for whom
	Staff     Kind = "staff"  // 工作人员
	System    Kind = "system" // the platform itself: clocks, jobs
)

// PartyKind tells natural persons from legal entities.
type PartyKind string

// Party kinds.
const (
	NaturalPerson PartyKind = "person" // 自然人
	LegalEntity   PartyKind = "entity" // 法人和非法人组织
)

// Party 申请人 is a natural person or a legal entity known to identity.
type Party struct {
	Kind PartyKind
	ID   int64
	Name string
}

// IsZero reports whether no party is set.
func (p Party) IsZero() bool { return p.Kind == "" }

// Grant is a role that holds in a unit and everything below it.
type Grant struct {
	Role Role
	Path string // materialised unit path, "/1/12/"; the role holds for every path that starts with it
}

// Role 角色 of staff.
type Role string

// The roles. Three administrators are separated (三员分立).
const (
	WindowClerk   Role = "window-clerk"   // 窗口人员
	Reviewer      Role = "reviewer"       // 审查人员
	Decider       Role = "decider"        // 决定人员 (审批负责人)
	ItemSteward   Role = "item-steward"   // 事项管理员
	ItemReviewer  Role = "item-reviewer"  // 事项审核人员
	DataSteward   Role = "data-steward"   // 数据管理员
	Supervisor    Role = "supervisor"     // 监督人员
	SystemAdmin   Role = "system-admin"   // 系统管理员
	SecurityAdmin Role = "security-admin" // 安全管理员
	AuditAdmin    Role = "audit-admin"    // 审计管理员
)

// Roles lists all of them in the order shown to people.
var Roles = []Role{WindowClerk, Reviewer, Decider, ItemSteward, ItemReviewer, DataSteward, Supervisor, SystemAdmin, SecurityAdmin, AuditAdmin}

// Channel 渠道 through which an act came.
type Channel string

// Channels.
const (
	Web    Channel = "web"    // 网页
	Window Channel = "window" // 窗口
	API    Channel = "api"
	Kiosk  Channel = "kiosk"
	Clock  Channel = "system" // 系统自动
)

// Platform is the platform acting by itself.
func Platform() Actor { return Actor{Kind: System, Name: "系统", Channel: Clock} }

// Holds reports whether the staff member holds role over the unit at path.
func (a Actor) Holds(role Role, path string) bool {
	if a.Kind != Staff {
		return false
	}
	for _, g := range a.Grants {
		if g.Role == role && strings.HasPrefix(path, g.Path) {
			return true
		}
	}
	return false
}

// Has reports whether the staff member holds role anywhere.
func (a Actor) Has(role Role) bool { return a.hasAny(role) }

func (a Actor) hasAny(role Role) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return a.Kind == Staff
		}
	}
	return false
}
