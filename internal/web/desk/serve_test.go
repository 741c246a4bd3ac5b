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
		b.Get(at).Want(200, "送达回证", "还没有送达记录", "登记送达", "版式文件制作中")
		b.Post(at+"/serve", url.Values{"way": {"pickup"}}).Want(422, "必须填写", "登记送达")
		b.Post(at+"/serve", url.Values{"way": {"pickup"}, "name": {"江涛"}}).Want(200, "窗口领取", "江涛")
		b.Post(at+"/serve", url.Values{"way": {"pickup"}, "name": {"另一人"}}).Want(409, "已经登记过")
		b.Get("/desk/cases/"+no).Want(200, "文书送达登记", "下载计算证明")
		c.Login("decider-lx-spj").Get(at).Want(200, "窗口领取").Not("登记送达")
	})
}
