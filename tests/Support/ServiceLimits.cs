using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Tests.Support;

/// <summary>
/// The limits of Table Storage that Azurite does not enforce. A request beyond them is refused here with an exception that nobody
/// expects, so that the test fails.
/// </summary>
public sealed partial class ServiceLimits : HttpPipelinePolicy
{
    private const int MaxTransactionBytes = 4 * 1024 * 1024;
    private const int MaxOperations = 100;
    private const int MaxEntityBytes = 1024 * 1024;
    private const int MaxProperties = 252;
    private const int MaxPropertyBytes = 64 * 1024;

    private static readonly DateTimeOffset FirstInstant = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SearchValues<char> NotInKeys = SearchValues.Create("/\\#?\t\r\n");

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Check(message.Request);
        ProcessNext(message, pipeline);
    }

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Check(message.Request);
        return ProcessNextAsync(message, pipeline);
    }

    private static void Check(Request request)
    {
        var seen = new StorageRequest(request);
        if (!seen.IsTableWrite || request.Content is not { } content)
            return;
        using var copy = new MemoryStream();
        content.WriteTo(copy, CancellationToken.None);
        Require(copy.Length <= MaxTransactionBytes, $"a transaction of {copy.Length} bytes");
        Require(seen.Operations.Count <= MaxOperations, $"a transaction of {seen.Operations.Count} operations");
        var keys = seen.Operations.Select(o => o.RowKey).ToList();
        Require(keys.Distinct(StringComparer.Ordinal).Count() == keys.Count, "a transaction that names a row twice");
        Require(
            keys.TrueForAll(k => k.Length > 0 && !k.AsSpan().ContainsAny(NotInKeys) && k.Length * 2 <= 1024),
            "a row key that is not allowed"
        );
        var text = Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)copy.Length);
        Require(
            Partition().Matches(text).Select(m => m.Groups["key"].Value).Distinct(StringComparer.Ordinal).Count() <= 1,
            "a transaction over several partitions"
        );
        foreach (Match entity in Entity().Matches(text))
            Check(entity.Value);
    }

    private static void Check(string entity)
    {
        using var json = JsonDocument.Parse(entity);
        var (sum, count) = (0, 0);
        foreach (var property in json.RootElement.EnumerateObject().Where(p => !p.Name.Contains('@', StringComparison.Ordinal)))
        {
            var bytes = property.Value.ValueKind == JsonValueKind.String ? Size(property.Value, entity, property.Name) : 8;
            Require(bytes <= MaxPropertyBytes, $"a property {property.Name} of {bytes} bytes");
            Require(
                !IsInstant(entity, property.Name) || property.Value.GetDateTimeOffset() >= FirstInstant,
                $"the instant {property.Value} of {property.Name}"
            );
            sum += bytes + (property.Name.Length * 2) + 8;
            count++;
        }

        Require(count <= MaxProperties, $"an entity of {count} properties");
        Require(sum <= MaxEntityBytes, $"an entity of {sum} bytes");
    }

    private static bool IsInstant(string entity, string name) =>
        entity.Contains($"\"{name}@odata.type\":\"Edm.DateTime\"", StringComparison.Ordinal);

    private static int Size(JsonElement value, string entity, string name) =>
        entity.Contains($"\"{name}@odata.type\":\"Edm.Binary\"", StringComparison.Ordinal)
            ? value.GetBytesFromBase64().Length
            : value.GetString()!.Length * 2;

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new NotSupportedException($"Table Storage does not take {what}.");
    }

    [GeneratedRegex("(PartitionKey='|\"PartitionKey\":\")(?<key>[^'\"]+)")]
    private static partial Regex Partition();

    // Every entity is one line of JSON.
    [GeneratedRegex(@"^\{.*\}\r?$", RegexOptions.Multiline)]
    private static partial Regex Entity();
}
