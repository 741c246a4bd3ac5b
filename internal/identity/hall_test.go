package identity

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

// TestHallNames: 第二十条第一款 names centres by their level.
func TestHallNames(t *testing.T) {
	var usual HallNames
	own := HallNames{Town: "党群服务中心"}
	for _, tt := range []struct {
		halls       HallNames
		level, name string
		fits        bool
	}{
		{usual, "3", "无锡市政务服务中心", true}, {usual, "4", "梁溪区政务服务中心", true}, {usual, "4", "梁溪区行政服务中心", false},
		{usual, "5", "崇安寺街道便民服务中心", true}, {usual, "5", "崇安寺街道政务服务中心", false}, {usual, "6", "上马墩社区便民服务站", true}, {usual, "6", "上马墩社区便民服务中心", false},
		{usual, "3", "无锡市政务服务中心公积金分中心", true}, {usual, "3", "无锡市政务服务中心分中心", false}, {usual, "3", "无锡市公积金分中心", false},
		{usual, "3", "政务服务中心", false}, {usual, "3", "无锡市政务服务中心大楼", false}, {usual, "2", "随便", true},
		{own, "5", "崇安寺街道党群服务中心", true}, {own, "5", "崇安寺街道便民服务中心", false}, {own, "6", "上马墩社区便民服务站", true},
	} {
		if got := tt.halls.Fits(tt.level, tt.name); got != tt.fits {
			t.Errorf("level %s, %s: fits %v", tt.level, tt.name, got)
		}
	}
}

// TestHallNames_import: an ill-named centre is refused by its field, unless a
// reason is on record.
func TestHallNames_import(t *testing.T) {
	each(t, func(f *fixture) {
		ctx, t := f.t.Context(), f.t
		hall := UnitInput{Key: "lx-hall", Name: "梁溪区市民之家", Kind: "centre", Parent: "lx-gov", Division: "320213000000", Level: "4"}
		bring := func(u UnitInput) error {
			_, err := f.Import(ctx, actor.Platform(), Batch{Units: []UnitInput{u}})
			return err
		}
		err := bring(hall)
		if fs := errs.Of(err).Fields; len(fs) != 1 || fs[0].Path != "units/lx-hall/name" || fs[0].Code != "hall-name" || !strings.Contains(fs[0].ZH, "政务服务中心") {
			t.Fatalf("ill-named: %v", err)
		}
		kept := func() Unit {
			t.Helper()
			dir, err := f.Directory(ctx)
			if err != nil {
				t.Fatal(err)
			}
			u, _ := dir.UnitByKey("lx-hall")
			return u
		}
		hall.NameReason = "沿用区政府2019年批复的名称"
		for range 2 {
			if err := bring(hall); err != nil || kept().NameReason != hall.NameReason {
				t.Fatalf("with a reason: %v, %+v", err, kept())
			}
		}
		hall.Name = "梁溪区政务服务中心（新）"
		hall.NameReason = ""
		if bring(hall) == nil {
			t.Error("the reason of before covers another name")
		}
		hall.Name = "梁溪区政务服务中心城东分中心"
		if err := bring(hall); err != nil || kept().NameReason != "" {
			t.Errorf("well-named: %v, %+v", err, kept())
		}
		office := UnitInput{Key: "lx-office", Name: "梁溪区某局", Kind: "department", Parent: "lx-gov", Division: "320213000000", Level: "4", NameReason: "x"}
		if fs := errs.Of(bring(office)).Fields; len(fs) != 1 || fs[0].Path != "units/lx-office/nameReason" {
			t.Errorf("an office: %v", fs)
		}

		steward := actor.Actor{Kind: actor.Staff, ID: 900, Name: "汪婷婷", Grants: []actor.Grant{{Role: actor.ItemSteward, Path: kept().Path}}}
		if err := f.RenameHall(ctx, steward, kept().ID, "梁溪区大厅", "", ""); errs.Of(err).Fields == nil || errs.Of(err).Fields[0].Path != "name" {
			t.Errorf("renamed without a reason: %v", err)
		}
		if err := f.RenameHall(ctx, steward, kept().ID, "梁溪区大厅", "", "牌匾更换期间"); err != nil || kept().Name != "梁溪区大厅" || kept().Short != "梁溪区大厅" || kept().NameReason != "牌匾更换期间" {
			t.Errorf("renamed: %v, %+v", err, kept())
		}
		if err := f.RenameHall(ctx, steward, kept().ID, "梁溪区政务服务中心", "区中心", "多余"); err != nil || kept().NameReason != "" || kept().Short != "区中心" {
			t.Errorf("renamed back: %v, %+v", err, kept())
		}
		other := steward
		other.Grants = []actor.Grant{{Role: actor.ItemSteward, Path: "/999/"}}
		if err := f.RenameHall(ctx, other, kept().ID, "梁溪区政务服务中心", "", ""); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a steward of elsewhere: %v", err)
		}
		if err := f.RenameHall(ctx, steward, 1, "梁溪区政务服务中心", "", ""); errs.KindOf(err) != errs.NotFound {
			t.Errorf("no centre: %v", err)
		}
	})
}
