using FuncQueue.Engine;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http;

/// <summary>If-Match and If-None-Match of a PUT.</summary>
internal static class Conditions
{
    public static QueueCondition Read(HttpRequest request, Faults faults)
    {
        var (ifMatch, ifNoneMatch) = ReadBoth(request, faults);
        return new QueueCondition(ifMatch, ifNoneMatch);
    }

    /// <summary>As <see cref="Read"/>, of a topic or a subscription.</summary>
    public static TopicCondition ReadForTopic(HttpRequest request, Faults faults)
    {
        var (ifMatch, ifNoneMatch) = ReadBoth(request, faults);
        return new TopicCondition(ifMatch, ifNoneMatch);
    }

    private static (string? IfMatch, bool IfNoneMatch) ReadBoth(HttpRequest request, Faults faults)
    {
        var ifNoneMatch = request.Headers.IfNoneMatch;
        if (ifNoneMatch.Count > 0 && ifNoneMatch != "*")
            faults.Add("If-None-Match", "Must be *.");
        var ifMatch = request.Headers.IfMatch;
        if (ifMatch.Count == 0)
            return (null, ifNoneMatch.Count > 0);
        var tag = ifMatch.Count == 1 ? ifMatch[0]!.Trim() : "";
        if (tag == "*")
            return ("*", ifNoneMatch.Count > 0);
        if (tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && !tag[1..^1].Contains('"', StringComparison.Ordinal))
            return (tag[1..^1], ifNoneMatch.Count > 0);
        faults.Add("If-Match", "Must be * or one quoted ETag.");
        return default;
    }
}
