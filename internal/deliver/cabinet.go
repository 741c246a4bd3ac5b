package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/hook"
)

// Cabinet 自助取件柜 stands at a centre; the configuration names it.
type Cabinet struct {
	Key          string      // "K01"
	Unit         string      // key of the centre whose windows fill it
	Name         string      // 一楼大厅自助取件柜
	Place        string      // where people find it
	Compartments int         // numbered from 1
	Signs        hook.Scheme // of the device's letters; nil: only clerks hand out of it
}

// Cabinet finds a cabinet by its key.
func (s *Service) Cabinet(key string) (Cabinet, bool) {
	i := slices.IndexFunc(s.Cabinets, func(c Cabinet) bool { return c.Key == key })
	if i < 0 {
		return Cabinet{}, false
	}
	return s.Cabinets[i], true
}

// spaces lists the free compartments of a centre's cabinets.
func (s *Service) spaces(q db.Queryer, unitKey string) (out []Space, err error) {
	for _, c := range s.Cabinets {
		if c.Unit != unitKey {
			continue
		}
		taken, err := db.All(q, func(r *db.Rows) (n int, err error) { return n, r.Scan(&n) }, sqlTaken, c.Key)
		if err != nil {
			return nil, err
		}
		sp := Space{Cabinet: c}
		for n := 1; n <= c.Compartments; n++ {
			if !slices.Contains(taken, n) {
				sp.Free = append(sp.Free, n)
			}
		}
		out = append(out, sp)
	}
	return out, nil
}

// DoorIn is what a cabinet's device asks: may this code open something here?
type DoorIn struct {
	Cabinet string `json:"cabinet"`
	Code    string `json:"code"`
}

// DoorOut is the answer: which compartment to open.
type DoorOut struct {
	Compartment int `json:"compartment"`
}

// Door 凭码开柜 answers a cabinet's device. The right code hands the result out,
// once; the answer is the compartment to open. Whoever asks again within two
// minutes is answered the same: an answer can be lost before the door opens.
// Errors: hook.ErrSignature, hook.ErrStale, ErrCode, ErrCodeTries.
func (s *Service) Door(ctx context.Context, r *http.Request, body []byte) (out DoorOut, err error) {
	var in DoorIn
	if json.Unmarshal(body, &in) != nil || len(in.Cabinet) > 64 || len(in.Code) > 64 {
		return out, errLetter
	}
	c, ok := s.Cabinet(in.Cabinet)
	if !ok || c.Signs == nil {
		return out, hook.ErrSignature // who has no key learns nothing
	}
	nonce, err := c.Signs.Verify(r, body, s.DB.Now())
	if err != nil {
		return out, err
	}
	var refused error
	err = s.retry(ctx, "deliver.door", func(tx *db.Tx) error {
		out, refused = DoorOut{}, nil
		fresh, err := hook.Fresh(tx, "cabinet/"+c.Key, nonce)
		if err != nil {
			return err
		}
		opened := s.hash("opened/"+c.Key, cleanCode(in.Code))
		err = tx.QueryRow(sqlOpened, opened, db.Micros(tx.Now().Add(-reopens))).Scan(&out.Compartment)
		if err == nil || !errors.Is(err, db.ErrNoRows) {
			return err
		}
		if !fresh {
			refused = ErrCode
			return nil
		}
		list, no, err := s.try(tx, "cabinet/"+c.Key, mostAtCabinet, in.Code, func(p *Parcel) bool {
			return p.State == InCabinet && p.Cabinet == c.Key && p.CodeUntil.After(tx.Now())
		})
		if refused = no; err != nil || no != nil {
			return err // the wrong try is kept
		}
		out.Compartment = list[0].Compartment
		return s.Follow(tx, list[0].CaseID, Open, Told{News: NewsSigned, At: tx.Now()})
	})
	if err == nil {
		err = refused
	}
	s.Log.InfoContext(ctx, "cabinet", "cabinet", c.Key, "opened", err == nil, "err", err)
	return out, err
}

// reopens is how long a code that opened a compartment opens it again.
const reopens = 2 * time.Minute

// cleanCode takes out what people put between digits.
func cleanCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '　' || r == '\t':
			return -1
		}
		return r
	}, strings.TrimSpace(code))
}

// inPlace is how long a clerk to whom a code was shown may hand out on it.
const inPlace = 30 * time.Minute
