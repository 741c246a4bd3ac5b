package client

import (
	"context"
	"fmt"
)

// Login is what a token is asked with.
type Login struct {
	Kind     string // "person" (default) or "staff"
	Login    string
	Password string
	Code     string // staff: second factor
	For      Object // persons: the party to act for, as actings list it
}

// Login gives a client with a token of its own.
func (c *Client) Login(ctx context.Context, l Login) (*Client, error) {
	in := Object{"login": l.Login, "password": l.Password}
	for name, v := range map[string]string{"kind": l.Kind, "code": l.Code} {
		if v != "" {
			in[name] = v
		}
	}
	if l.For != nil {
		in["party"] = l.For
	}
	out, err := c.Post(ctx, "/auth/token", in)
	if err != nil {
		return nil, err
	}
	next := *c
	next.Token = out.Text("token")
	return &next, nil
}

// Search finds items.
func (c *Client) Search(ctx context.Context, text string) (Object, error) {
	return c.Get(ctx, "/items", "q", text)
}

// Draft starts an application of an item; staff say for whom.
func (c *Client) Draft(ctx context.Context, item string, party Object) (Object, error) {
	in := Object{"item": item}
	if party != nil {
		in["party"] = party
	}
	return c.Post(ctx, "/drafts", in)
}

// Fill saves answers, hands in one file for each material named, consents and
// chooses the delivery: what a person does page by page.
func (c *Client) Fill(ctx context.Context, draft string, answers Object, files map[string][]byte, delivery Object) (Object, error) {
	path := "/drafts/" + draft
	if _, err := c.Post(ctx, path+"/consent", nil); err != nil {
		return nil, err
	}
	if _, err := c.Put(ctx, path, Object{"answers": answers}); err != nil {
		return nil, err
	}
	for code, content := range files {
		if _, err := c.Upload(ctx, path+"/materials/"+code+"/files", code+".pdf", content); err != nil {
			return nil, fmt.Errorf("material %s: %w", code, err)
		}
	}
	return c.Put(ctx, path+"/delivery", delivery)
}

// Submit hands in a draft, {"draft": id}, or a whole application, and gives the
// case number.
func (c *Client) Submit(ctx context.Context, application Object) (no string, err error) {
	out, err := c.Post(ctx, "/cases", application)
	return out.Text("no"), err
}

// Case gives a case as the token's owner sees it.
func (c *Client) Case(ctx context.Context, no string) (Object, error) {
	return c.Get(ctx, "/cases/"+no)
}

// Act looks at the case and does an act with the version it saw.
func (c *Client) Act(ctx context.Context, no, act string, in Object) (Object, error) {
	k, err := c.Case(ctx, no)
	if err != nil {
		return nil, err
	}
	body := Object{"act": act, "version": k.Int("version")}
	for name, v := range in {
		body[name] = v
	}
	return c.Post(ctx, "/cases/"+no+"/acts", body)
}

// Offers reports whether the case offers the token's owner an act.
func (c *Client) Offers(ctx context.Context, no, act string) (bool, error) {
	k, err := c.Case(ctx, no)
	for i := range k.List("offered") {
		if k.Text("offered", i, "act") == act {
			return true, err
		}
	}
	return false, err
}

// All walks through a list page by page.
func (c *Client) All(ctx context.Context, path string, query ...string) (out []any, err error) {
	for next := ""; ; {
		q := query
		if next != "" {
			q = append(append([]string{}, query...), "cursor", next)
		}
		page, err := c.Get(ctx, path, q...)
		if err != nil {
			return out, err
		}
		out = append(out, page.List("items")...)
		if next = page.Text("next"); next == "" {
			return out, nil
		}
	}
}
