package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

var titles = []string{
	"残疾人证换领", "残疾人证新办", "食品经营许可（新办）", "食品生产许可", "占用、挖掘城市道路审批", "结婚登记",
	"离婚登记", "营业执照遗失补领", "住房公积金提取", "住房公积金贷款", "不动产登记", "不动产抵押登记",
	"社会保障卡申领", "护照换发", "往来港澳通行证签注", "普通高中学历认定", "医师执业注册", "护士执业注册",
	"建筑工程施工许可证核发", "建设工程规划许可证核发", "机动车驾驶证期满换证", "机动车登记", "出生医学证明",
	"生育登记", "户口迁移", "居民身份证补领", "取水许可", "排污许可证核发", "药品零售企业许可", "医疗器械经营许可",
	"娱乐经营场所设立审批", "互联网上网服务营业场所审批", "烟草专卖零售许可证", "道路货物运输经营许可",
	"出租汽车经营许可", "公共场所卫生许可", "劳务派遣经营许可", "人力资源服务许可", "民办学校设立审批",
	"教师资格认定", "会计师事务所设立审批", "企业名称变更登记", "公司设立登记", "个体工商户注销登记",
	"特种设备使用登记", "临时用地审批", "林木采伐许可", "户外广告设施设置审批", "城市绿地占用审批",
	"银行账户开户许可", "老年人优待证办理", "最低生活保障给付", "临时救助给付", "退役军人优待证申领",
	"A级旅游景区评定", "12345热线投诉受理", "OFD电子证照下载", "GB/T 36904 标识核验", "殡葬服务补贴", "新生儿参保登记",
}

func fill(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Write(t.Context(), "test", func(tx *db.Tx) error {
		for i, title := range titles {
			Put(tx, Doc{ID: int64(i + 1), Kind: "item", Title: title, Body: bodyOf(i)})
		}
		Put(tx, Doc{ID: 1000, Kind: "bundle", Title: "残疾人一件事"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func bodyOf(i int) string {
	return fmt.Sprintf("申请人应当提交申请表、身份证明等材料。办理地点：第%d窗口。%s的依据是《行政许可法》。", i+1, titles[i])
}

func ask1(t testing.TB, d *db.DB, q Query) (got []string, guess bool) {
	t.Helper()
	if q.Kind == "" {
		q.Kind = "item"
	}
	hits, guess, err := Find(d.Read(t.Context()), d.Engine(), q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	for i, h := range hits {
		if i > 0 && h.Score >= hits[i-1].Score || h.Score < 0 || h.Score > 1 {
			t.Errorf("%q: scores do not fall: %v", q.Text, hits)
		}
		if h.ID < 1000 {
			got = append(got, titles[h.ID-1])
		} else {
			got = append(got, fmt.Sprint(h.ID))
		}
	}
	return got, guess
}

func bodies(ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	for _, id := range ids {
		out[id] = bodyOf(int(id - 1))
	}
	return out, nil
}

func TestFind(t *testing.T) {
	rows := []struct {
		text  string
		first string // "" if nothing may be found
		count int    // exact number of hits in titles; -1: any
		guess bool
	}{
		{"残疾人证", "残疾人证换领", 2, false},
		{"残疾人证换领", "残疾人证换领", 1, false},
		{"疾人", "残疾人证换领", 2, false},
		{"证", "残疾人证换领", 13, false},
		{"婚", "结婚登记", 2, false},
		{"食品 新办", "食品经营许可（新办）", 1, false},
		{"食品经营许可（新办）", "食品经营许可（新办）", 1, false},
		{"占用挖掘", "占用、挖掘城市道路审批", 1, false},
		{"占用、挖掘", "占用、挖掘城市道路审批", 1, false},
		{"yyzz", "营业执照遗失补领", 1, false},
		{"YYZZ", "营业执照遗失补领", 1, false},
		{"ｙｙｚｚ", "营业执照遗失补领", 1, false},
		{"gongjijin", "住房公积金提取", 2, false},
		{"gongjij", "住房公积金提取", 2, false},
		{"zfgjjtq", "住房公积金提取", 1, false},
		{"bdcdj", "不动产登记", 1, false},
		{"公积金tiqu", "住房公积金提取", 1, false},
		{"yinhang", "银行账户开户许可", 1, false},
		{"yinxing", "银行账户开户许可", 1, false},
		{"kuaijishi", "会计师事务所设立审批", 1, false},
		{"cbdj", "新生儿参保登记", 1, false},
		{"ofd", "OFD电子证照下载", 1, false},
		{"OFD电子", "OFD电子证照下载", 1, false},
		{"36904", "GB/T 36904 标识核验", 1, false},
		{"gb/t36904", "GB/T 36904 标识核验", 1, false},
		{"123", "12345热线投诉受理", 1, false},
		{"A级", "A级旅游景区评定", 1, false},
		{"营业执招", "营业执照遗失补领", -1, true},
		{"不动产登计", "不动产登记", -1, true},
		{"公机金", "住房公积金提取", -1, true},
		{"社会保章卡", "社会保障卡申领", -1, true},
		{"护照换法", "护照换发", -1, true},
		{"食品经营许可证", "食品经营许可（新办）", -1, true},
		{"怎么办理残疾人证换领", "残疾人证换领", -1, true},
		{"量子传输", "", 0, false},
		{"", "", 0, false},
		{"!@#%*'\"():&|", "", 0, false},
		{"😀", "", 0, false},
		{strings.Repeat("量子", 3000), "", 0, false},
		{"\x00", "", 0, false},
		{"\xff\xfe", "", 0, false},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		for _, r := range rows {
			name := r.text[:min(len(r.text), 30)]
			got, guess := ask1(t, d, Query{Text: r.text, Bodies: func([]int64) (map[int64]string, error) { return nil, nil }})
			if r.first == "" && len(got) > 0 || r.first != "" && (len(got) == 0 || got[0] != r.first) {
				t.Errorf("%q: got %v, want %q first", name, got, r.first)
			}
			if guess != r.guess || r.count >= 0 && len(got) != r.count {
				t.Errorf("%q: %d hits %v, did you mean %v; want %d, %v", name, len(got), got, guess, r.count, r.guess)
			}
		}
	})
}

func TestFind_in_the_body(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		got, guess := ask1(t, d, Query{Text: "第7窗口", Bodies: bodies})
		if len(got) != 1 || got[0] != titles[6] || guess {
			t.Errorf("got %v, %v", got, guess)
		}
		got, _ = ask1(t, d, Query{Text: "行政许可法", Limit: 7, Bodies: bodies})
		if len(got) != 7 {
			t.Errorf("%d hits, want 7", len(got))
		}
		// its words stand in every body, its sequence in none
		if got, guess := ask1(t, d, Query{Text: "政许可法 申请表申请", Bodies: bodies}); len(got) > 0 && !guess {
			t.Errorf("not rechecked: %v", got)
		}
		got, _ = ask1(t, d, Query{Text: "登记 行政许可法", Bodies: bodies})
		for _, g := range got {
			if !strings.Contains(g, "登记") {
				t.Errorf("%s lacks one of the words", g)
			}
		}
		if len(got) == 0 {
			t.Error("title and body together are not found")
		}
		fails := fmt.Errorf("no")
		_, _, err := Find(d.Read(t.Context()), d.Engine(), Query{Kind: "item", Text: "行政许可法", Bodies: func([]int64) (map[int64]string, error) { return nil, fails }})
		if err == nil {
			t.Error("the recheck's error is lost")
		}
	})
}

func TestPut_replaces_and_Delete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		act := func(f func(tx *db.Tx)) {
			t.Helper()
			if err := d.Write(t.Context(), "test", func(tx *db.Tx) error { f(tx); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		act(func(tx *db.Tx) { Put(tx, Doc{ID: 1000, Kind: "bundle", Title: "退休一件事"}) })
		if got, _ := ask1(t, d, Query{Kind: "bundle", Text: "退休"}); len(got) != 1 {
			t.Errorf("new title: %v", got)
		}
		if got, _ := ask1(t, d, Query{Kind: "bundle", Text: "残疾"}); len(got) != 0 {
			t.Errorf("old title: %v", got)
		}
		if got, _ := ask1(t, d, Query{Kind: "item", Text: "退休"}); len(got) != 0 {
			t.Errorf("another kind: %v", got)
		}
		act(func(tx *db.Tx) { Delete(tx, 1000); Delete(tx, 1000); Delete(tx, 77) })
		if got, _ := ask1(t, d, Query{Kind: "bundle", Text: "退休"}); len(got) != 0 {
			t.Errorf("deleted: %v", got)
		}
		act(func(tx *db.Tx) { Put(tx, Doc{ID: 1001, Kind: "bundle", Title: "、。😀"}) })
	})
}

// TestFind_typos writes one wrong character into every title of at least four
// and asks that nine of ten are still among the first twenty.
func TestFind_typos(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		r := rand.New(rand.NewPCG(3, 4))
		other := []rune("甲乙丙丁戊己庚辛壬癸")
		asked, found, top := 0, 0, 0
		for _, title := range titles {
			c := []rune(strings.ReplaceAll(joinChinese(Normalise(title)), " ", ""))
			if len(c) < 4 {
				continue
			}
			c[r.IntN(len(c))] = other[r.IntN(len(other))]
			asked++
			got, _ := ask1(t, d, Query{Text: string(c)})
			for i, g := range got {
				if g == title {
					found++
					if i == 0 {
						top++
					}
				}
			}
		}
		t.Logf("%d of %d found, %d first", found, asked, top)
		if found*10 < asked*9 {
			t.Errorf("%d of %d found", found, asked)
		}
	})
}

func TestStatements(t *testing.T) { dbtest.Prepares(t, upsertDoc, deleteDoc, deleteWords) }
