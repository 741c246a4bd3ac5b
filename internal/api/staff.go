package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
)

var errPersons = errs.New(errs.Forbidden, "applicants-only", "只有申请人可以使用。", "This is for applicants.")

// AuditRecord 审计记录.
type AuditRecord struct {
	ID       ID            `json:"id"`
	At       time.Time     `json:"at"`
	Position int64         `json:"position" doc:"In the log; -1 while it waits to be sealed."`
	Act      string        `json:"act"`
	Subject  string        `json:"subject"`
	Outcome  string        `json:"outcome"`
	Actor    AuditActor    `json:"actor"`
	Detail   []AuditDetail `json:"detail"`
	Erased   bool          `json:"erased,omitempty"`
}

// AuditActor is who did it.
type AuditActor struct {
	Kind    actor.Kind    `json:"kind"`
	ID      ID            `json:"id,omitzero"`
	Name    string        `json:"name,omitempty"`
	For     *PartyRef     `json:"for,omitempty"`
	Unit    *UnitRef      `json:"unit,omitempty"`
	Channel actor.Channel `json:"channel,omitempty"`
	Purpose string        `json:"purpose,omitempty"`
	IP      string        `json:"ip,omitempty"`
}

// AuditDetail is one detail of an act.
type AuditDetail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// AuditIn narrows the log.
type AuditIn struct {
	PageIn
	Subject string     `query:"subject" maxLength:"200" doc:"All that was done to one thing, oldest first: case/NO."`
	Act     string     `query:"act" maxLength:"60"`
	Outcome string     `query:"outcome" maxLength:"40"`
	Kind    actor.Kind `query:"actorKind" enum:"person,staff,system,anonymous" doc:"With actor."`
	Actor   ID         `query:"actor"`
	From    string     `query:"from" format:"date-time"`
	To      string     `query:"to" format:"date-time"`
}

func (s *server) audits() {
	add(s, operation{id: "audit-verify", method: http.MethodPost, path: "/audit/verify", tag: "administration", zh: "验证审计日志", en: "Audit administrators: prove the log from the stored rows", again: "each proof is recorded by itself."},
		func(ctx context.Context, c *call, _ *none) (AuditProof, error) { return s.prove(ctx, c) })
	add(s, operation{id: "audit", method: http.MethodGet, path: "/audit", tag: "administration", zh: "审计日志", en: "Audit administrators: the log, newest first, or by subject"},
		func(ctx context.Context, c *call, in *AuditIn) (List[AuditRecord], error) {
			if err := s.Identity.Allow(ctx, c.Actor, identity.AuditRead, identity.Target{}, "audit"); err != nil {
				return List[AuditRecord]{}, err
			}
			at, err := behind("audit", in.Cursor)
			if err != nil {
				return List[AuditRecord]{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return List[AuditRecord]{}, err
			}
			out := List[AuditRecord]{}
			var list []audit.Entry
			f := audit.Filter{Act: in.Act, Outcome: in.Outcome}
			if in.Kind != "" && in.Actor != 0 {
				f.ActorKind, f.ActorID = in.Kind, int64(in.Actor)
			}
			f.From, _ = time.Parse(time.RFC3339, in.From) // checked at the door; none is the zero time
			f.To, _ = time.Parse(time.RFC3339, in.To)
			if in.Subject != "" {
				list, err = s.auditOf(ctx, in.Subject, f, at, in.limit())
				if len(list) == in.limit() {
					out.Next = after("audit", list[len(list)-1].ID)
				}
			} else {
				list, err = s.Shelf.AuditFeed(ctx, f, at, in.limit())
				if len(list) == in.limit() {
					out.Next = after("audit", list[len(list)-1].Position)
				}
			}
			out.Items = mapTo(list, func(e audit.Entry) AuditRecord { return auditRecord(dir, e) })
			return out, err
		})
}

// auditOf reads on until a page is full of records that the filter keeps.
func (s *server) auditOf(ctx context.Context, subject string, f audit.Filter, at int64, limit int) (out []audit.Entry, err error) {
	for {
		list, err := s.Shelf.AuditOf(ctx, subject, at, limit)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if at = e.ID; kept(f, e) && len(out) < limit {
				out = append(out, e)
			}
		}
		if len(list) < limit || len(out) == limit {
			return out, nil
		}
	}
}

func kept(f audit.Filter, e audit.Entry) bool {
	return (f.Act == "" || e.Act == f.Act) && (f.Outcome == "" || e.Outcome == f.Outcome) &&
		(f.ActorID == 0 || e.Actor.Kind == f.ActorKind && e.Actor.ID == f.ActorID) &&
		!e.At.Before(f.From) && (f.To.IsZero() || e.At.Before(f.To))
}

// AuditProof is what a proof of the log found.
type AuditProof struct {
	Sound       bool       `json:"sound"`
	Records     int64      `json:"records" doc:"Sealed, all checked."`
	Pending     int64      `json:"pending" doc:"Waiting to be sealed."`
	Erased      int64      `json:"erased" doc:"Names and address erased."`
	Checkpoints int64      `json:"checkpoints" doc:"Checked."`
	Fault       *string    `json:"fault,omitempty" doc:"The first thing that is not as it was signed."`
	At          *time.Time `json:"at,omitempty" doc:"Of the last checkpoint."`
}

// prove checks the log and records that somebody did.
func (s *server) prove(ctx context.Context, c *call) (AuditProof, error) {
	if err := s.Identity.Allow(ctx, c.Actor, identity.AuditRead, identity.Target{}, "audit"); err != nil {
		return AuditProof{}, err
	}
	if s.Verify == nil || s.Record == nil {
		return AuditProof{}, errNotWired
	}
	r, err := s.Verify(ctx)
	if err != nil {
		return AuditProof{}, err
	}
	out := AuditProof{Sound: r.Fault == nil, Records: r.Records, Pending: r.Pending, Erased: r.Erased, Checkpoints: r.Checkpoints}
	if r.Fault != nil {
		text := c.pick(r.Fault.ZH, r.Fault.EN)
		out.Fault = &text
	}
	if r.Last != nil {
		out.At = instant(r.Last.At)
	}
	return out, s.Record(ctx, audit.Record{Actor: c.Actor, Act: "audit.verify", Subject: "audit"})
}

func auditRecord(dir *identity.Directory, e audit.Entry) AuditRecord {
	a := e.Actor
	out := AuditRecord{ID(e.ID), e.At.UTC(), e.Position, e.Act, e.Subject, e.Outcome,
		AuditActor{Kind: a.Kind, ID: ID(a.ID), Name: a.Name, Channel: a.Channel, Purpose: a.Purpose, IP: a.IP}, []AuditDetail{}, e.Erased}
	if !a.For.IsZero() {
		ref := partyRef(a.For)
		out.Actor.For = &ref
	}
	if u, ok := dir.Unit(a.Unit); ok {
		ref := unitRef(u)
		out.Actor.Unit = &ref
	}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		out.Detail = append(out.Detail, AuditDetail{name, e.Detail[name]})
	}
	return out
}

// Staff 工作人员.
type Staff struct {
	ID         ID      `json:"id"`
	Login      string  `json:"login"`
	Name       string  `json:"name"`
	Unit       UnitRef `json:"unit"`
	Roles      []Role  `json:"roles"`
	Disabled   bool    `json:"disabled,omitempty"`
	MustChange bool    `json:"mustChange,omitempty" doc:"The password was given by an administrator and not changed yet; until then no role holds."`
	Demo       bool    `json:"demo,omitempty"`
}

// Credentials 初始凭据 are shown once.
type Credentials struct {
	Staff    *Staff `json:"staff,omitempty"`
	Password string `json:"password,omitempty" doc:"Has to be changed at the first login."`
	OTPURL   string `json:"otpUrl,omitempty" doc:"otpauth:// for the authenticator."`
}

// StaffIn makes an account.
type StaffIn struct {
	Body struct {
		Login string `json:"login" minLength:"2" maxLength:"32"`
		Name  string `json:"name" minLength:"1" maxLength:"50"`
		Unit  string `json:"unit" minLength:"1" maxLength:"60" doc:"Key of the unit."`
	}
}

// StaffIDIn names an account.
type StaffIDIn struct {
	ID ID `path:"id"`
}

// RoleIn is a role in a unit.
type RoleIn struct {
	Role actor.Role `json:"role" enum:"window-clerk,reviewer,decider,item-steward,item-reviewer,data-steward,supervisor,system-admin,security-admin,audit-admin"`
	Unit string     `json:"unit" minLength:"1" maxLength:"60" doc:"Key of the unit in which it holds, and below."`
}

func (s *server) staff() {
	add(s, operation{id: "staff", method: http.MethodGet, path: "/staff", tag: "administration", zh: "工作人员", en: "Administrators: the staff of a unit"},
		func(ctx context.Context, c *call, in *struct {
			Unit string `query:"unit" required:"true" maxLength:"60" doc:"Key of the unit."`
		}) (List[Staff], error) {
			u, err := s.unitNamed(ctx, in.Unit, "query/unit")
			if err != nil {
				return List[Staff]{}, err
			}
			list, err := s.Identity.StaffOf(ctx, c.Actor, u.ID)
			if err != nil {
				return List[Staff]{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			return List[Staff]{Items: mapTo(list, func(m identity.Staff) Staff { return staffOf(dir, m) })}, err
		})
	add(s, operation{id: "staff-member", method: http.MethodGet, path: "/staff/{id}", tag: "administration", zh: "工作人员账号", en: "Administrators: one account with its roles"},
		func(ctx context.Context, c *call, in *StaffIDIn) (Staff, error) {
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return Staff{}, err
			}
			m, err := s.Identity.Staff(ctx, int64(in.ID))
			// Also of an account that is not there, so that nobody finds out which are.
			if denied := s.Identity.Allow(ctx, c.Actor, identity.StaffRead, identity.Target{UnitPath: dir.Path(m.UnitID)}, "staff/"+strconv.FormatInt(int64(in.ID), 10)); denied != nil {
				return Staff{}, denied
			}
			return staffOf(dir, m), err
		})
	add(s, operation{id: "staff-create", method: http.MethodPost, path: "/staff", tag: "administration", status: http.StatusCreated,
		zh: "新建账号", en: "System administrators: make an account without any role", once: true,
		more: "The credentials are shown once: repeated with the same Idempotency-Key, the answer is the account without them. POST /staff/{id}/reset makes new ones."},
		func(ctx context.Context, c *call, in *StaffIn) (Credentials, error) {
			m, cred, err := s.Identity.CreateStaff(ctx, c.Actor, identity.StaffInput{Login: in.Body.Login, Name: in.Body.Name, Unit: in.Body.Unit, Once: c.once})
			if err != nil {
				return Credentials{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return Credentials{}, err
			}
			member := staffOf(dir, m)
			return Credentials{&member, cred.Password, cred.OTPURL}, nil
		})
	add(s, operation{id: "staff-reset", method: http.MethodPost, path: "/staff/{id}/reset", tag: "administration", zh: "重置凭据", en: "System administrators: new credentials; the old ones and all sessions end", again: "each call makes new credentials, and only the last ones are good."},
		func(ctx context.Context, c *call, in *StaffIDIn) (Credentials, error) {
			cred, err := s.Identity.ResetStaff(ctx, c.Actor, int64(in.ID))
			if err == nil {
				err = s.Door.EndStaff(ctx, c.Actor, int64(in.ID))
			}
			return Credentials{nil, cred.Password, cred.OTPURL}, err
		})
	do(s, operation{id: "staff-disable", method: http.MethodPut, path: "/staff/{id}/disabled", tag: "administration", zh: "停用或启用账号", en: "System administrators: disable or enable an account"},
		func(ctx context.Context, c *call, in *struct {
			StaffIDIn
			Body struct {
				Disabled bool `json:"disabled"`
			}
		}) error {
			err := s.Identity.DisableStaff(ctx, c.Actor, int64(in.ID), in.Body.Disabled)
			if err == nil && in.Body.Disabled {
				err = s.Door.EndStaff(ctx, c.Actor, int64(in.ID))
			}
			return err
		})
	do(s, operation{id: "role-grant", method: http.MethodPost, path: "/staff/{id}/roles", tag: "administration", zh: "授予角色", en: "Security administrators: give a role", again: "the role is held already, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			StaffIDIn
			Body RoleIn
		}) error {
			u, err := s.unitNamed(ctx, in.Body.Unit, "unit")
			if err != nil {
				return err
			}
			return s.Identity.GrantRole(ctx, c.Actor, int64(in.ID), in.Body.Role, u.ID)
		})
	do(s, operation{id: "role-revoke", method: http.MethodDelete, path: "/staff/{id}/roles/{role}/{unit}", tag: "administration", zh: "收回角色", en: "Security administrators: take a role back"},
		func(ctx context.Context, c *call, in *struct {
			StaffIDIn
			Role actor.Role `path:"role" maxLength:"40"`
			Unit string     `path:"unit" maxLength:"60"`
		}) error {
			u, err := s.unitNamed(ctx, in.Unit, "path/unit")
			if err != nil {
				return identity.ErrNotFound
			}
			return s.Identity.RevokeRole(ctx, c.Actor, int64(in.ID), in.Role, u.ID)
		})
}

func staffOf(dir *identity.Directory, m identity.Staff) Staff {
	u, _ := dir.Unit(m.UnitID)
	out := Staff{ID: ID(m.ID), Login: m.Login, Name: m.Name, Unit: unitRef(u), Roles: []Role{}, Disabled: m.Disabled, MustChange: m.MustChange, Demo: m.Demo}
	for _, g := range m.Grants {
		r := Role{Role: g.Role}
		if u, ok := unitAt(dir, g.Path); ok {
			ref := unitRef(u)
			r.Unit = &ref
		}
		out.Roles = append(out.Roles, r)
	}
	return out
}

// Jobs 任务 are what waits, and what failed for good.
type Jobs struct {
	Due     int64      `json:"due"`
	Waiting int64      `json:"waiting"`
	Running int64      `json:"running"`
	Dead    int64      `json:"dead"`
	Oldest  *time.Time `json:"oldest,omitempty" doc:"When the oldest due job should have run."`
	Failed  []DeadJob  `json:"failed"`
	Next    string     `json:"next,omitempty" doc:"Cursor of the next page of failed."`
}

// DeadJob 失败任务.
type DeadJob struct {
	ID      ID        `json:"id"`
	Kind    string    `json:"kind"`
	Owner   string    `json:"owner"`
	Tries   int       `json:"tries"`
	Error   string    `json:"error"`
	Created time.Time `json:"created"`
	Died    time.Time `json:"died"`
}

func (s *server) jobs() {
	allow := func(ctx context.Context, c *call, subject string) error {
		return s.Identity.Allow(ctx, c.Actor, identity.JobManage, identity.Target{}, subject)
	}
	add(s, operation{id: "jobs", method: http.MethodGet, path: "/jobs", tag: "administration", zh: "后台任务", en: "System administrators: jobs that wait, and those that failed for good"},
		func(ctx context.Context, c *call, in *PageIn) (Jobs, error) {
			if err := allow(ctx, c, "jobs"); err != nil {
				return Jobs{}, err
			}
			at, err := behind("jobs", in.Cursor)
			if err != nil {
				return Jobs{}, err
			}
			d, err1 := s.Shelf.JobDepth(ctx)
			dead, err2 := s.Shelf.DeadJobs(ctx, at, in.limit())
			out := Jobs{d.Due, d.Waiting, d.Running, d.Dead, instant(d.Oldest), mapTo(dead, func(j jobs.Corpse) DeadJob {
				return DeadJob{ID(j.ID), j.Kind, j.Owner, j.Attempt, j.Error, j.CreatedAt.UTC(), j.DiedAt.UTC()}
			}), ""}
			if len(dead) == in.limit() {
				out.Next = after("jobs", dead[len(dead)-1].ID)
			}
			return out, errors.Join(err1, err2)
		})
	do(s, operation{id: "job-discard", method: http.MethodDelete, path: "/jobs/{id}", tag: "administration", zh: "放弃失败任务", en: "System administrators: give a failed job up for good"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			if err := allow(ctx, c, "job/"+strconv.FormatInt(int64(in.ID), 10)); err != nil {
				return err
			}
			return s.Shelf.DiscardJob(ctx, c.Actor, int64(in.ID))
		})
	do(s, operation{id: "job-requeue", method: http.MethodPost, path: "/jobs/{id}/requeue", tag: "administration", zh: "重试失败任务", en: "System administrators: try a failed job again", again: "the job is no longer among the failed: 404, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			if err := allow(ctx, c, "job/"+strconv.FormatInt(int64(in.ID), 10)); err != nil {
				return err
			}
			return s.Shelf.RequeueJob(ctx, c.Actor, int64(in.ID))
		})
}
