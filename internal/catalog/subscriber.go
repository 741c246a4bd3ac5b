package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Subscriber 订阅方 is an outside system that is told of every change, such as
// the provincial platform or a government website.
type Subscriber struct {
	ID          int64
	Name        string
	URL         string
	State       SubscriberState
	Position    int64     // of the last change it confirmed
	Failures    int       // in a row
	RetryAt     time.Time // not tried again before; zero: at once
	Error       string    // the last one; empty after a success
	ConfirmedAt time.Time // zero: never
	CreatedAt   time.Time
	CreatedBy   string

	secret []byte // sealed
}

// SubscriberState 订阅状态.
type SubscriberState string

// States of a subscriber.
const (
	SubscriberActive  SubscriberState = "active"  // 推送中
	SubscriberPaused  SubscriberState = "paused"  // 已暂停: by an administrator
	SubscriberStopped SubscriberState = "stopped" // 已中止: it failed too often
)

const (
	subscriberColumns = `id, name, url, secret, state, position, failures, retry_at, error, confirmed_at, created_at, created_by`
	sqlSubscribers    = `SELECT ` + subscriberColumns + ` FROM item_subscriber ORDER BY id LIMIT 200`
	sqlSubscriberByID = `SELECT ` + subscriberColumns + ` FROM item_subscriber WHERE id = $1`
	sqlPutSubscriber  = `INSERT INTO item_subscriber (id, name, url, secret, state, position, busy_until, failures, retry_at, error, confirmed_at, created_at, created_by)
		VALUES ($1, $2, $3, $4, 'active', $5, 0, 0, 0, '', 0, $6, $7)`
	sqlStopSubscriber = `UPDATE item_subscriber SET state = $2 WHERE id = $1 AND state = 'active'`
	sqlWakeSubscriber = `UPDATE item_subscriber SET state = 'active', failures = 0, retry_at = 0 WHERE id = $1 AND state <> 'active'`
	sqlDropSubscriber = `DELETE FROM item_subscriber WHERE id = $1`
)

func scanSubscriber(r scanner) (s Subscriber, err error) {
	var retry, confirmed, created int64
	err = r.Scan(&s.ID, &s.Name, &s.URL, &s.secret, &s.State, &s.Position, &s.Failures, &retry, &s.Error, &confirmed, &created, &s.CreatedBy)
	s.CreatedAt = db.Time(created)
	if retry != 0 {
		s.RetryAt = db.Time(retry)
	}
	if confirmed != 0 {
		s.ConfirmedAt = db.Time(confirmed)
	}
	return s, err
}

// NewSubscriber is a subscriber to be.
type NewSubscriber struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	After *int64 `json:"after,omitempty"` // position after which it is told; nil: from now on

	Once db.Once `json:"-"` // may be nil; a repeated key answers the subscriber without its secret
}

// The refusals of subscribing.
var (
	ErrNoSubscriber = errs.New(errs.NotFound, "subscriber-not-found", "没有这个订阅方。", "There is no such subscriber.")
	errNameTaken    = errs.InvalidFields(errs.Field{Path: "name", Code: "taken", ZH: "已有同名的订阅方", EN: "Another subscriber has this name"})
	errNoVault      = errs.New(errs.Internal, "no-vault", "没有配置密钥，不能登记订阅方。", "No keys are configured; nobody can subscribe.")
)

// checkURL refuses an address at which nobody may be told.
func (f *feed) checkURL(raw string) *errs.Field {
	bad := func(zh, en string) *errs.Field { return &errs.Field{Path: "url", Code: "url", ZH: zh, EN: en} }
	u, err := url.Parse(raw)
	switch {
	case err != nil || len(raw) > 500 || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return bad("请填写完整的地址，例如 https://example.gov.cn/hook", "Give a whole address such as https://example.gov.cn/hook")
	case u.User != nil || u.Fragment != "":
		return bad("地址中不能有账号、密码和 # 部分", "The address holds no account, password or fragment")
	}
	if u.Scheme == "http" && len(f.networks) == 0 {
		return bad("地址应以 https:// 开头", "The address begins with https://")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		if err := mayReach(ip, f.networks, u.Scheme == "http"); err != nil {
			return bad("不允许推送到这个地址，请在配置 subscriberNetworks 中加入它所在的网段", "This address is not allowed; add its network to subscriberNetworks in the configuration")
		}
	}
	return nil
}

// Subscribe 登记订阅方 registers an outside system and gives the secret with
// which its deliveries are signed, this once.
func (s *Service) Subscribe(ctx context.Context, a actor.Actor, in NewSubscriber) (sub Subscriber, secret string, err error) {
	defer errs.Wrap(&err, "subscribe %s", in.Name)
	if err := s.allowSubscribers(ctx, a); err != nil {
		return sub, "", err
	}
	if s.feed.vault == nil {
		return sub, "", errNoVault
	}
	var fields []errs.Field
	if n := len([]rune(in.Name)); n == 0 || n > 60 {
		fields = append(fields, errs.Field{Path: "name", Code: "required", ZH: "请填写名称，不超过60个字", EN: "Give a name of at most 60 characters"})
	}
	if f := s.feed.checkURL(in.URL); f != nil {
		fields = append(fields, *f)
	}
	if in.After != nil && *in.After < 0 {
		fields = append(fields, errs.Field{Path: "after", Code: "min", ZH: "起始位置不能小于0", EN: "The position cannot be less than 0"})
	}
	if len(fields) > 0 {
		return sub, "", errs.InvalidFields(fields...)
	}
	if secret, err = sm.NewToken(); err != nil {
		return sub, "", err
	}
	err = s.db.Write(ctx, "catalog.subscribe", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if prior != 0 {
			secret = ""
			sub, err = scanSubscriber(tx.QueryRow(sqlSubscriberByID, prior))
			return err
		}
		var end int64
		if err := tx.QueryRow(sqlFeedEnd).Scan(&end); err != nil {
			return err
		}
		after := end
		if in.After != nil {
			after = min(*in.After, end)
		}
		id := tx.NewID()
		sealed, err := s.feed.vault.Seal(sealName(id), []byte(secret))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(sqlPutSubscriber, id, in.Name, in.URL, sealed, after, tx.NowMicros(), a.Name); err != nil {
			if db.IsUnique(err) {
				return errNameTaken
			}
			return err
		}
		sub = Subscriber{ID: id, Name: in.Name, URL: in.URL, State: SubscriberActive, Position: after, CreatedAt: tx.Now(), CreatedBy: a.Name}
		if err := tell(tx, id, 0); err != nil {
			return err
		}
		tx.Record(in.Once, id)
		return recordSubscriber(tx, a, id, "subscribe", "done")
	})
	return sub, secret, err
}

func sealName(id int64) string { return fmt.Sprintf("subscriber/%d", id) }

func (s *Service) allowSubscribers(ctx context.Context, a actor.Actor) error {
	return s.ids.Allow(ctx, a, identity.SubscriberManage, identity.Target{}, "subscribers")
}

func recordSubscriber(tx *db.Tx, a actor.Actor, id int64, what, outcome string) error {
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.SubscriberManage), Subject: sealName(id),
		Detail: map[string]string{"act": what}, Outcome: outcome})
}

// Subscribers lists them, at most 200, and the position of the newest change.
func (s *Service) Subscribers(ctx context.Context, a actor.Actor) (list []Subscriber, end int64, err error) {
	if err := s.allowSubscribers(ctx, a); err != nil {
		return nil, 0, err
	}
	q := s.db.Read(ctx)
	if err := q.QueryRow(sqlFeedEnd).Scan(&end); err != nil {
		return nil, 0, err
	}
	list, err = db.All(q, func(r *db.Rows) (Subscriber, error) { return scanSubscriber(r) }, sqlSubscribers)
	return list, end, err
}

// Subscriber gives one of them and the position of the newest change.
func (s *Service) Subscriber(ctx context.Context, a actor.Actor, id int64) (sub Subscriber, end int64, err error) {
	defer errs.Wrap(&err, "subscriber %d", id)
	if err := s.allowSubscribers(ctx, a); err != nil {
		return sub, 0, err
	}
	q := s.db.Read(ctx)
	if err := q.QueryRow(sqlFeedEnd).Scan(&end); err != nil {
		return sub, 0, err
	}
	sub, err = subscriberBy(q, id)
	return sub, end, err
}

// SetSubscriber pauses a subscriber or lets it go on; it then gets what it
// missed. What is so already changes nothing.
func (s *Service) SetSubscriber(ctx context.Context, a actor.Actor, id int64, active bool) error {
	return s.subscriberAct(ctx, a, id, map[bool]string{true: "resume", false: "pause"}[active], func(tx *db.Tx) error {
		if !active {
			tx.Queue(sqlStopSubscriber, id, string(SubscriberPaused))
			return nil
		}
		tx.Queue(sqlWakeSubscriber, id)
		return tell(tx, id, 0)
	})
}

// Unsubscribe removes a subscriber for good.
func (s *Service) Unsubscribe(ctx context.Context, a actor.Actor, id int64) error {
	return s.subscriberAct(ctx, a, id, "unsubscribe", func(tx *db.Tx) error {
		tx.Queue(sqlDropSubscriber, id)
		return nil
	})
}

func (s *Service) subscriberAct(ctx context.Context, a actor.Actor, id int64, what string, do func(*db.Tx) error) (err error) {
	defer errs.Wrap(&err, "%s subscriber %d", what, id)
	if err := s.allowSubscribers(ctx, a); err != nil {
		return err
	}
	return s.db.Write(ctx, "catalog."+what, func(tx *db.Tx) error {
		if _, err := subscriberBy(tx, id); err != nil {
			return err
		}
		return cmp.Or(do(tx), recordSubscriber(tx, a, id, what, "done"))
	})
}

func subscriberBy(q db.Queryer, id int64) (Subscriber, error) {
	sub, err := scanSubscriber(q.QueryRow(sqlSubscriberByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return sub, ErrNoSubscriber
	}
	return sub, err
}
