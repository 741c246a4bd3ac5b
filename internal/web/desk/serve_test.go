package desk_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestServeNotice: the clerk records that a document was taken at the window.
func TestServeNotice(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		v, err := c.Casework.View(t.Context(), c.Company("yunhe-shizheng", "jiang-tao"), no)
		c.Must(err)
		at := fmt.Sprintf("/desk/documents/%d", v.Documents[0].ID)
		b := c.Login("clerk-lx")
		b.Get(at).Status(200).Has("送达回证", "还没有送达记录", "登记送达", "版式文件制作中")
		b.Post(at+"/serve", url.Values{"way": {"pickup"}}).Status(422).Has("必须填写", "登记送达")
		b.Post(at+"/serve", url.Values{"way": {"pickup"}, "name": {"江涛"}}).To("/desk/documents/")
		b.Get(at).Status(200).Has("窗口领取", "江涛")
		b.Post(at+"/serve", url.Values{"way": {"pickup"}, "name": {"另一人"}}).Status(409).Has("已经登记过")
		b.Get("/desk/cases/"+no).Status(200).Has("文书送达登记", "下载计算证明")
		c.Login("decider-lx-spj").Get(at).Status(200).Has("窗口领取").Lacks("登记送达")
	})
}
