package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// Assist 帮办代办 is help with one matter.
type Assist struct {
	ID       ID                     `json:"id"`
	Item     string                 `json:"item" doc:"Code of the item."`
	ItemName string                 `json:"itemName"`
	Party    string                 `json:"party"`
	Unit     UnitRef                `json:"unit" doc:"Who helps."`
	Helper   string                 `json:"helper,omitempty"`
	State    Word                   `json:"state"`
	Acts     []string               `json:"acts" doc:"What the helper may do besides filling in and handing in: resubmit, withdraw."`
	Until    string                 `json:"until" format:"date"`
	Draft    ID                     `json:"draft,omitempty"`
	Case     string                 `json:"case,omitempty"`
	Wish     string                 `json:"wish,omitempty"`
	Digest   string                 `json:"digest,omitempty" doc:"Names what the person's yes would be to: begin, or the draft as it is."`
	Waits    bool                   `json:"waits,omitempty" doc:"The person's word is asked for."`
	Summary  []Line                 `json:"summary,omitempty" doc:"Of the draft."`
	Promises []casework.PromiseText `json:"promises,omitempty" doc:"What is promised in the person's name."`
	Events   []AssistEvent          `json:"events,omitempty" doc:"What was done in the person's name."`
}

// AssistEvent is one line of what was done.
type AssistEvent struct {
	At   time.Time `json:"at"`
	Act  string    `json:"act"`
	By   string    `json:"by,omitempty"`
	Note string    `json:"note,omitempty"`
}

// AssistLists are the helps that one sees.
type AssistLists struct {
	Asked []Assist `json:"asked" doc:"Staff: what waits in the unit."`
	Mine  []Assist `json:"mine" doc:"Staff: in one's hands. Persons: all, the latest first."`
}

func (s *server) assists() {
	add(s, operation{id: "assists", method: http.MethodGet, path: "/assists", tag: "window", zh: "帮办代办列表", en: "Helps of the party that the token acts for; for clerks what waits and what they have in hand"},
		func(ctx context.Context, c *call, _ *none) (AssistLists, error) {
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return AssistLists{}, err
			}
			u, _ := dir.Unit(c.Unit)
			asked, mine, err := s.Casework.Assists(ctx, c.Actor, u)
			to := func(x casework.Assist) Assist { return assistOf(c, dir, &x) }
			return AssistLists{mapTo(asked, to), mapTo(mine, to)}, err
		})
	add(s, operation{id: "assist-ask", method: http.MethodPost, path: "/assists", tag: "window", status: http.StatusCreated, once: true, zh: "提出帮办代办", en: "Ask for help with a matter", more: "Written down by a clerk it begins with the person's word."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Item  string    `json:"item" minLength:"1" maxLength:"40"`
				Unit  string    `json:"unit,omitempty" maxLength:"60" doc:"Key of the centre or station that is to help; a clerk's own if left out."`
				Party *PartyRef `json:"party,omitempty" doc:"Window clerks: for whom."`
				Wish  string    `json:"wish,omitempty" maxLength:"1000"`
				Acts  []string  `json:"acts,omitempty" maxItems:"10"`
				Days  int       `json:"days,omitempty" minimum:"1" maximum:"180"`
			}
		}) (Assist, error) {
			b := in.Body
			if err := s.Identity.Allow(ctx, c.Actor, identity.AssistAsk, identity.Target{}, "assist"); err != nil {
				return Assist{}, err
			}
			ask := casework.AssistAsk{ItemCode: b.Item, Wish: b.Wish, Days: b.Days, Acts: mapTo(b.Acts, func(a string) casework.Act { return casework.Act(a) }), Once: c.once}
			if b.Unit != "" {
				u, err := s.unitNamed(ctx, b.Unit, "unit")
				if err != nil {
					return Assist{}, err
				}
				ask.Unit = u.ID
			}
			if c.Kind == actor.Staff {
				party, err := s.applicant(ctx, c, b.Party)
				if err != nil {
					return Assist{}, err
				}
				ask.Party = party
			}
			x, err := s.Casework.AskAssist(ctx, c.Actor, ask)
			if err != nil {
				return Assist{}, noItem(s.Catalog.Codes(), b.Item, err)
			}
			return s.assistShown(ctx, c, x.ID)
		})
	add(s, operation{id: "assist", method: http.MethodGet, path: "/assists/{id}", tag: "window", zh: "帮办代办", en: "A help, with what was done in the person's name"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) (Assist, error) {
			return s.assistShown(ctx, c, int64(in.ID))
		})
	add(s, operation{id: "assist-act", method: http.MethodPost, path: "/assists/{id}/acts", tag: "window", zh: "帮办代办操作", en: "Take it on, open the draft, confirm, end",
		again: "409, or what it already is."},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body struct {
				Act    string `json:"act" enum:"take,draft,send-code,code,confirm,paper,end"`
				Code   string `json:"code,omitempty" maxLength:"10" doc:"code: what the person read out."`
				Digest string `json:"digest,omitempty" maxLength:"100" doc:"confirm: what the person was shown."`
				File   string `json:"file,omitempty" maxLength:"100" doc:"paper: the signed sheet, as POST /files gave it."`
				Reason string `json:"reason,omitempty" maxLength:"200" doc:"paper, end."`
			}
		}) (Assist, error) {
			id, b := int64(in.ID), in.Body
			var err error
			switch b.Act {
			case "take":
				_, err = s.Casework.TakeAssist(ctx, c.Actor, id)
			case "draft":
				_, err = s.Casework.Help(ctx, c.Actor, id)
			case "send-code":
				_, err = s.Casework.SendAssistCode(ctx, c.Actor, id)
			case "code":
				_, err = s.Casework.ConfirmByCode(ctx, c.Actor, id, b.Code)
			case "confirm":
				_, err = s.Casework.ConfirmAssist(ctx, c.Actor, id, b.Digest)
			case "paper":
				err = s.assistPaper(ctx, c, id, b.File, b.Reason)
			case "end":
				_, err = s.Casework.EndAssist(ctx, c.Actor, id, b.Reason)
			}
			if err != nil {
				return Assist{}, err
			}
			return s.assistShown(ctx, c, id)
		})
}

func (s *server) assistPaper(ctx context.Context, c *call, id int64, ticket, reason string) error {
	if _, err := s.Casework.AssistView(ctx, c.Actor, id); err != nil {
		return err
	}
	known, err := s.uploaded(ctx, c, FileRef{File: ticket})
	if err != nil {
		return err
	}
	file, err := s.Files.Redeem(ticket, holder(c))
	ref, ok := known[file]
	if err != nil || !ok {
		ref = files.Ref{}
	}
	if _, err = s.Casework.ConfirmOnPaper(ctx, c.Actor, id, ref, reason); err != nil && ref.ID == 0 && errs.KindOf(err) == errs.Invalid {
		return noSuchFile("file")
	}
	return err
}

func (s *server) assistShown(ctx context.Context, c *call, id int64) (Assist, error) {
	v, err := s.Casework.AssistView(ctx, c.Actor, id)
	if err != nil {
		return Assist{}, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return Assist{}, err
	}
	out := assistOf(c, dir, &v.Assist)
	out.Digest, out.Waits = v.Digest, v.Waits
	out.Summary = mapTo(v.Summary, func(l form.Line) Line { return Line{Name: l.Name, Title: l.Title, Text: l.Text} })
	out.Promises = v.Promise
	out.Events = mapTo(v.Events, func(e casework.AssistEvent) AssistEvent { return AssistEvent{e.At.UTC(), e.Act, e.By.Name, e.Note} })
	return out, nil
}

func assistOf(c *call, dir *identity.Directory, x *casework.Assist) Assist {
	u, _ := dir.Unit(x.UnitID)
	return Assist{ID: ID(x.ID), Item: x.ItemCode, ItemName: x.ItemName, Party: x.Party.Name, Unit: unitRef(u), Helper: x.Helper.Name, State: word(c, x.State),
		Acts: mapTo(x.Acts, func(a casework.Act) string { return string(a) }), Until: x.Until, Draft: ID(x.DraftID), Case: x.CaseNo, Wish: x.Data.Wish}
}
