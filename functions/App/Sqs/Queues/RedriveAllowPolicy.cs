using System.Text;
using System.Text.Json;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>Which queues may name this one as the target of their redrive policy.</summary>
internal sealed record RedriveAllowPolicy(string Permission, IReadOnlyList<string> SourceArns)
{
    private const string AllowAll = "allowAll";
    private const string ByQueue = "byQueue";

    /// <summary>Reads the attribute; no policy when it is not valid, with the reason where that is more than its form.</summary>
    public static (RedriveAllowPolicy? Policy, string? Fault) Parse(string text, SqsAddress address)
    {
        if (
            StrictJson.Parse(Encoding.UTF8.GetBytes(text)) is not { } json
            || !json.TryGetProperty("redrivePermission", out var permission)
            || permission.ValueKind != JsonValueKind.String
            || permission.GetString() is not (AllowAll or ByQueue or "denyAll")
        )
            return (null, null);
        var byQueue = permission.ValueEquals(ByQueue);
        if (!json.TryGetProperty("sourceQueueArns", out var sources))
            return byQueue ? (null, null) : (new RedriveAllowPolicy(permission.GetString()!, []), null);
        if (!byQueue || sources.ValueKind != JsonValueKind.Array || sources.GetArrayLength() is 0 or > SqsLimits.MaxAllowedSources)
            return (null, null);
        var arns = sources.EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String ? s.GetString() : null).ToList();
        if (arns.Find(a => a is null || address.ParseArn(a) is null) is { } foreign)
            return (null, address.Foreign(foreign));
        return arns.Contains(null) ? (null, null) : (new RedriveAllowPolicy(ByQueue, arns!), null);
    }

    public bool Allows(string sourceArn) => Permission == AllowAll || (Permission == ByQueue && SourceArns.Contains(sourceArn));
}
