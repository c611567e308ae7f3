using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Functions.Http;

/// <summary>Which messages a redrive or a purge means.</summary>
internal static class FilterJson
{
    /// <summary>The member <c>filter</c>; null where there is none.</summary>
    public static MessageFilter? Read(JsonMembers members, MessageSource source, Faults faults)
    {
        if (members.Get("filter", JsonValueKind.Object, "Must be an object.") is not { } json)
            return null;
        var filter = new JsonMembers(json, faults, "filter.", "reason", "groupId", "before", "after", "attributes");
        if (source == MessageSource.Live && filter.Has("reason"))
            filter.Fault("reason", "Dead letters alone have a reason.");
        return new MessageFilter
        {
            Reason = filter.Text("reason"),
            GroupId = filter.Text("groupId"),
            Before = filter.Instant("before"),
            After = filter.Instant("after"),
            Attributes = filter.Has("attributes") ? Attributes(json.GetProperty("attributes"), faults) : null,
        };
    }

    private static AttributeFilter? Attributes(JsonElement json, Faults faults)
    {
        if (!AttributeFilter.TryParse(json, "filter.attributes", out var filter, out var wrong))
            faults.AddRange(wrong);
        return filter;
    }
}
