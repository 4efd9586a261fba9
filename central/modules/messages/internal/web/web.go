// Package web is the HTTP side of messages (消息接口).
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/internal/app"
)

// Staff adds the operations of the workbench (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API("messages", "staff")
	letters(api, a)
	texts(api, a)
	scenes(api, a)
	srv.Hear(app.MayHear, messages.TopicArrived)
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "messages-" + id, Method: http.MethodGet, Path: "/messages" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "messages-" + id, Method: http.MethodPost, Path: "/messages" + path, Summary: summary}
}

type empty struct{}

// IDPath is the path of one thing. It is exported because huma fills in only what it can see.
type IDPath struct {
	ID string `path:"id" maxLength:"40"`
}

type lettersIn struct {
	Tab  string `query:"tab" enum:"unread,all" default:"unread"`
	Page int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type lettersOut struct{ Body app.Letters }

type unreadOut struct {
	Body struct {
		Unread int `json:"unread"`
	}
}

func letters(api huma.API, a *app.App) {
	httpx.Register(api, messages.PermLetters, get("list-letters", "/letters", "我的站内信"), func(ctx context.Context, in *lettersIn) (*lettersOut, error) {
		out, err := a.Letters(ctx, in.Tab == "unread", in.Page, in.Size)
		return &lettersOut{out}, err
	})
	httpx.Register(api, messages.PermLetters, get("count-unread", "/unread", "没看过的站内信有几封"), func(ctx context.Context, _ *empty) (*unreadOut, error) {
		out := &unreadOut{}
		var err error
		out.Body.Unread, err = a.Unread(ctx)
		return out, err
	})
	httpx.Register(api, messages.PermLetters, post("read-letter", "/letters/{id}/read", "看过一封站内信"), func(ctx context.Context, in *IDPath) (*empty, error) {
		return nil, a.Read(ctx, in.ID)
	})
	httpx.Register(api, messages.PermLetters, post("read-all", "/letters/read-all", "全部算看过"), func(ctx context.Context, _ *empty) (*empty, error) {
		return nil, a.ReadAll(ctx)
	})
}

type textsIn struct {
	Tab   string `query:"tab" enum:"failed,underway,arrived,followed,all" default:"all"`
	Scene string `query:"scene" maxLength:"24"`
	Q     string `query:"q" maxLength:"60" doc:"办件编号或事项的一部分"`
	Page  int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size  int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type textsOut struct{ Body app.Texts }

type followIn struct {
	IDPath
	Body struct {
		How string `json:"how" minLength:"2" maxLength:"200" doc:"怎么告诉的，如打了登记的座机"`
	}
}

func texts(api huma.API, a *app.App) {
	httpx.Register(api, messages.PermTexts, get("list-texts", "/texts", "短信去向"), func(ctx context.Context, in *textsIn) (*textsOut, error) {
		out, err := a.Texts(ctx, app.TextAsk{Tab: in.Tab, Scene: in.Scene, Typed: in.Q, Page: in.Page, Size: in.Size})
		return &textsOut{out}, err
	})
	httpx.Register(api, messages.PermFollow, post("follow-text", "/texts/{id}/follow", "短信没到，已另外告诉"), func(ctx context.Context, in *followIn) (*empty, error) {
		return nil, a.Follow(ctx, in.ID, in.Body.How)
	})
}

type scenesOut struct {
	Body struct {
		Rows []app.SceneRow `json:"rows"`
	}
}

type sceneIn struct {
	IDPath
	Body struct {
		Version int    `json:"version" minimum:"0" maximum:"1000000"`
		Letter  bool   `json:"letter"`
		SMS     bool   `json:"sms"`
		Title   string `json:"title" minLength:"2" maxLength:"60"`
		Text    string `json:"text" minLength:"2" maxLength:"200"`
		Reason  string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func scenes(api huma.API, a *app.App) {
	list := func(ctx context.Context) (*scenesOut, error) {
		out := &scenesOut{}
		var err error
		out.Body.Rows, err = a.Scenes(ctx)
		return out, err
	}
	httpx.Register(api, messages.PermScenes, get("list-scenes", "/scenes", "消息场景"), func(ctx context.Context, _ *empty) (*scenesOut, error) { return list(ctx) })
	httpx.Register(api, messages.PermSetting, post("set-scene", "/scenes/{id}", "改消息场景"), func(ctx context.Context, in *sceneIn) (*scenesOut, error) {
		b := in.Body
		if err := a.SetScene(ctx, in.ID, app.SceneChange{Version: b.Version, Letter: b.Letter, SMS: b.SMS, Title: b.Title, Text: b.Text, Reason: b.Reason}); err != nil {
			return nil, err
		}
		return list(ctx)
	})
}
