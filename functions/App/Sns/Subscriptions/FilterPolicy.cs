using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sns.Subscriptions;

/// <summary>A filter policy as SNS has it, one JSON object, and as the engine has it, one filter of a list. Pure.</summary>
/// <param name="Json">The object; null: no policy.</param>
/// <param name="MatchesBody">Whether it is about bodies, rather than attributes.</param>
internal sealed record FilterPolicy(string? Json, bool MatchesBody)
{
    public const string Attributes = "MessageAttributes";
    public const string Body = "MessageBody";

    private const string AttributesMember = "attributes";
    private const string BodyMember = "body";

    public string Scope => MatchesBody ? Body : Attributes;

    /// <summary>The policy of a subscription's filters; null: they are more than a policy can say, as routing keys are.</summary>
    public static FilterPolicy? Of(SubscriptionFilters filters)
    {
        if (filters.Count == 0)
            return new FilterPolicy(null, false);
        using var document = JsonDocument.Parse(filters.Json);
        if (
            filters.Count != 1
            || document.RootElement[0].EnumerateObject().ToList() is not [var member]
            || member.Name is not (AttributesMember or BodyMember)
        )
            return null;
        return new FilterPolicy(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(member.Value)), member.Name == BodyMember);
    }

    /// <summary>The filters of this policy, or what is wrong with it.</summary>
    public (SubscriptionFilters? Filters, SqsError? Error) ToFilters()
    {
        if (Json is null)
            return (SubscriptionFilters.None, null);
        var member = MatchesBody ? BodyMember : AttributesMember;
        if (!IsObject(Json, out var isEmpty))
            return (null, SnsErrors.InvalidParameter("FilterPolicy", "failed to parse JSON. A policy is one JSON object."));
        if (isEmpty)
            return (SubscriptionFilters.None, null);
        var filters = Encoding.UTF8.GetBytes($$"""[{"{{member}}":{{Json}}}]""");
        if (SubscriptionFilters.TryParse(filters, "", out var parsed, out var faults))
            return (parsed, null);
        var told = faults.Select(f => $"{f.Field.Replace($"[0].{member}", "", StringComparison.Ordinal).TrimStart('.')}: {f.Detail}");
        return (null, SnsErrors.InvalidParameter("FilterPolicy", Sqs.Protocol.XmlText.Clean(string.Join(' ', told))));
    }

    private static bool IsObject(string json, out bool isEmpty)
    {
        isEmpty = false;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
            isEmpty = document.RootElement.ValueKind == JsonValueKind.Object && !document.RootElement.EnumerateObject().Any();
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
