using System.Text;
using System.Text.Json;

namespace FuncQueue.Functions.Sqs;

/// <summary>Which queues may name this one as the target of their redrive policy.</summary>
internal sealed record RedriveAllowPolicy(string Permission, IReadOnlyList<string> SourceArns)
{
    private const string AllowAll = "allowAll";
    private const string ByQueue = "byQueue";

    /// <summary>Reads the attribute; null when it is not valid.</summary>
    public static RedriveAllowPolicy? Parse(string text, SqsAddress address)
    {
        if (StrictJson.Parse(Encoding.UTF8.GetBytes(text)) is not { } json
            || !json.TryGetProperty("redrivePermission", out var permission)
            || permission.ValueKind != JsonValueKind.String
            || permission.GetString() is not (AllowAll or ByQueue or "denyAll"))
            return null;
        var byQueue = permission.ValueEquals(ByQueue);
        if (!json.TryGetProperty("sourceQueueArns", out var sources))
            return byQueue ? null : new RedriveAllowPolicy(permission.GetString()!, []);
        if (!byQueue || sources.ValueKind != JsonValueKind.Array || sources.GetArrayLength() is 0 or > SqsLimits.MaxAllowedSources)
            return null;
        var arns = sources.EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String ? s.GetString() : null).ToList();
        return arns.TrueForAll(a => a is not null && address.ParseArn(a) is not null) ? new RedriveAllowPolicy(ByQueue, arns!) : null;
    }

    public bool Allows(string sourceArn) => Permission == AllowAll || (Permission == ByQueue && SourceArns.Contains(sourceArn));
}
