using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>The body of a resubmission.</summary>
internal static class ResubmitJson
{
    public static Resubmission Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "body", "bodyBase64", "contentType", "attributes", "to");
        var isOther = members.Has("body") || members.Has("bodyBase64");
        var asked = new Resubmission
        {
            // A bare null would become an empty body, by way of an array of bytes.
            Body = isOther ? BodyJson.ReadBody(members).Bytes : default(ReadOnlyMemory<byte>?),
            ContentType = members.Text("contentType"),
            Attributes = members.Strings("attributes"),
            To = RedriveJson.ReadTarget(members),
        };
        var message = new NewMessage
        {
            Body = MessageBody.FromBytes(default),
            ContentType = asked.ContentType,
            Attributes = asked.Attributes ?? new Dictionary<string, string>(),
        };
        faults.AddRange(RequestRules.Check(message, ""));
        return asked;
    }
}
