using System.Text;
using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>A body in JSON: as text, or as bytes in base64.</summary>
internal static class BodyJson
{
    /// <summary>One of <c>body</c> and <c>bodyBase64</c>, and <c>contentType</c>, which by itself follows from which it is.</summary>
    public static (MessageBody Body, string ContentType) Read(JsonMembers members)
    {
        var body = ReadBody(members);
        return (body, members.Text("contentType") ?? (members.Has("body") ? "text/plain; charset=utf-8" : "application/octet-stream"));
    }

    /// <summary>One of <c>body</c> and <c>bodyBase64</c>.</summary>
    public static MessageBody ReadBody(JsonMembers members)
    {
        var isText = members.Has("body");
        if (isText == members.Has("bodyBase64"))
            members.Fault("body", "Give body or bodyBase64, one of them.");
        return MessageBody.FromBytes(isText ? Text(members) : Base64(members));
    }

    private static byte[] Text(JsonMembers members) => members.Text("body") is { } text ? Encoding.UTF8.GetBytes(text) : [];

    private static byte[] Base64(JsonMembers members)
    {
        if (members.Get("bodyBase64", JsonValueKind.String, "Must be a string.") is not { } value)
            return [];
        if (value.TryGetBytesFromBase64(out var bytes))
            return bytes;
        members.Fault("bodyBase64", "Must be base64.");
        return [];
    }
}
