package app

import (
	"context"
	"net/http"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/api"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/console"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/portal"
	"github.com/tongban/tongban/internal/web/steward"
)

// handler puts the faces behind the door: the API under its own path, pages
// everywhere else.
func (r *Rooms) handler() (http.Handler, error) {
	program, err := api.New(api.Config{Door: r.Door, Identity: r.Identity, Catalog: r.Catalog, Sheets: r.Sheets, Casework: r.Casework, Consult: r.Consult, Licences: r.Licences,
		Ratings: r.Ratings, Fees: r.Fees, Channel: r.Channel, Assess: r.Assess, Publicity: r.Publicity, Calendar: r.Calendar, Files: r.Files, Shelf: shelf{r}, Notify: r.Notify, Now: r.DB.Now,
		Held: r.heldFor, Record: r.record, Verify: r.verifyAudit, Log: r.Log, URL: r.Config.URL})
	if err != nil {
		return nil, err
	}
	pages, err := r.pages()
	if err != nil {
		return nil, err
	}
	root := http.NewServeMux()
	root.HandleFunc("GET /healthz", r.health)
	root.HandleFunc("GET /readyz", r.ready)
	root.Handle("/hooks/", r.Door.Log(api.Hooks(r.Fees, r.Parcels, r.Notify)))
	if r.PayBox != nil {
		root.Handle(payBoxPrefix+"/", r.PayBox.Handler())
	}
	if r.PostBox != nil {
		root.Handle(postBoxPrefix+"/", r.PostBox.Handler())
	}
	if r.MessageBox != nil {
		root.Handle(messageBoxPrefix, r.MessageBox.Handler())
		root.Handle(messageBoxPrefix+"/", r.MessageBox.Handler())
	}
	root.Handle(api.Base+"/", r.Door.Identify(r.Door.Log(program)))
	root.Handle("/", pages)
	return root, nil
}

// site names the city on every page.
func (c Config) site() web.Site {
	return web.Site{City: c.City, CityEN: c.CityEN, Platform: c.Platform, PlatformEN: "One Site for Government Services", Hotline: "12345", Demo: c.demo}
}

// pages are the portal, the desk and the console.
func (r *Rooms) pages() (http.Handler, error) {
	c := r.Config
	shelf := shelf{r}
	rt, err := web.New(web.Options{
		Site: c.site(),
		Log:  r.Log, Secure: c.secure(),
		Actor: func(req *http.Request) actor.Actor {
			a, err := gate.Actor(req.Context())
			if err != nil {
				return actor.Actor{Kind: actor.Anonymous}
			}
			return a
		},
		Unread: func(req *http.Request) int {
			a, err := gate.LoggedIn(req.Context())
			if err != nil || a.Kind != actor.Person {
				return 0
			}
			n, err := shelf.Unread(req.Context(), a.For)
			if err != nil {
				r.Log.WarnContext(req.Context(), "unread messages", "err", err)
			}
			return int(n)
		},
		Login: loginFor,
	})
	if err != nil {
		return nil, err
	}
	style, err := caseview.NewStyle()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	rt.Routes(mux)
	portal.New(portal.Config{Renderer: rt, Style: style, Door: r.Door, Identity: r.Identity, Catalog: r.Catalog, Casework: r.Casework, Consult: r.Consult,
		Licences: r.Licences, Ratings: r.Ratings, Fees: r.Fees, Channel: r.Channel, Publicity: r.Publicity, Files: r.Files, Shelf: shelf, Notify: r.Notify, Account: c.Messages.WeChat.Account, Now: r.DB.Now, URL: c.URL}).Routes(mux)
	desk.New(desk.Config{Renderer: rt, Style: style, Door: r.Door, Casework: r.Casework, Consult: r.Consult, Identity: r.Identity, Catalog: r.Catalog,
		Fees: r.Fees, Publicity: r.Publicity, Channel: r.Channel, Files: r.Files, Vault: r.Keys.Vault(), Now: r.DB.Now, BaseURL: c.URL, Demo: c.demo,
		Party: func(ctx context.Context, p actor.Party) (identity.PartyInfo, error) {
			return r.Identity.Party(r.DB.Read(ctx), p)
		},
		Record: r.record, Held: r.heldFor, Ending: r.Licences.ToDeregister, Notify: r.Notify}).Routes(mux)
	console.New(console.Config{Renderer: rt, Door: r.Door, Identity: r.Identity, Assess: r.Assess, Fees: r.Fees, Consult: r.Consult, Catalog: r.Catalog, Publicity: r.Publicity, Notify: r.Notify, Channel: r.Channel, Now: r.DB.Now,
		Audit: console.AuditLog{Feed: shelf.AuditFeed, Entries: shelf.AuditOf, Verify: r.verifyAudit, Looked: r.looked},
		Jobs:  console.JobList{Depth: shelf.JobDepth, Dead: shelf.DeadJobs, Requeue: shelf.RequeueJob, Discard: shelf.DiscardJob}}).Routes(mux)
	steward.New(steward.Config{Renderer: rt, Style: style, Identity: r.Identity, Catalog: r.Catalog, Cases: r.Casework, Sheets: r.Sheets, Files: r.Files}).Routes(mux)
	deny := func(w http.ResponseWriter, req *http.Request, err error) { rt.Fail(w, req, err) }
	return r.Door.Identify(r.Door.Log(rt.Wrap(r.Door.SameOrigin(rt.Mux(mux), deny)))), nil
}

// loginFor says where to log in for a page: staff have their own door.
func loginFor(path string) string {
	for _, p := range []string{"/desk", "/console"} {
		if len(path) >= len(p) && path[:len(p)] == p {
			return "/desk/login"
		}
	}
	return "/login"
}

// heldFor lists the licences of a party that are valid today, for the wizard.
func (r *Rooms) heldFor(ctx context.Context, _ actor.Actor, party actor.Party) ([]licence.Licence, error) {
	return r.Licences.HeldValid(r.DB.Read(ctx), party)
}

// verifyAudit proves the log from the stored rows, on demand.
func (r *Rooms) verifyAudit(ctx context.Context) (audit.Report, error) {
	notes, err := r.Keys.Note(logName)
	if err != nil {
		return audit.Report{}, err
	}
	return audit.Verify(ctx, r.DB, audit.Keys{Signers: notes.Signers, Verifiers: notes.Verifiers})
}

// looked records that somebody read or checked the log.
func (r *Rooms) looked(ctx context.Context, a actor.Actor, act, subject string) error {
	return r.record(ctx, audit.Record{Actor: a, Act: act, Subject: subject})
}

// record writes an audit record in an act of its own, for looks that change
// nothing else.
func (r *Rooms) record(ctx context.Context, rec audit.Record) error {
	return r.DB.Write(ctx, "audit.record", func(tx *db.Tx) error { return audit.Append(tx, rec) })
}

// DiscardJob gives a dead job up for good.
func (s shelf) DiscardJob(ctx context.Context, a actor.Actor, id int64) error {
	if err := identity.Decide(a, identity.JobManage, identity.Target{}); err != nil {
		return err
	}
	return s.r.DB.Write(ctx, "jobs.discard", func(tx *db.Tx) error {
		if err := jobs.Discard(tx, id); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "job.discard", Subject: jobSubject(id)})
	})
}
