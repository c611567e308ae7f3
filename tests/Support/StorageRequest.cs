using System.Text;
using System.Text.RegularExpressions;
using Azure.Core;

namespace FuncQueue.Tests.Support;

/// <summary>A request to storage as it is about to be sent.</summary>
public sealed partial class StorageRequest
{
    private readonly Lazy<string> body;
    private readonly Lazy<IReadOnlyList<EntityOperation>> operations;

    public StorageRequest(Request request)
    {
        Method = request.Method.Method;
        Uri = request.Uri.ToUri();
        var segments = Uri.AbsolutePath.Split('/');
        Resource = segments.Length > 2 ? segments[2] : "";
        var content = request.Content;
        body = new Lazy<string>(() => content is null || !IsTableWrite ? "" : Text(content));
        operations = new Lazy<IReadOnlyList<EntityOperation>>(ReadOperations);
    }

    public string Method { get; }

    public Uri Uri { get; }

    /// <summary>What follows the account in the path: a table (perhaps with a key), <c>$batch</c>, <c>Tables</c> or a container.</summary>
    public string Resource { get; }

    /// <summary>The tests' containers have a hyphen in their names, which tables cannot have.</summary>
    public bool IsBlob => Resource.Contains('-', StringComparison.Ordinal);

    public bool IsRead => Method is "GET" or "HEAD";

    public bool IsTableWrite => !IsBlob && !IsRead && !Resource.StartsWith("Tables", StringComparison.Ordinal);

    public bool IsBlobWrite => IsBlob && !IsRead;

    public bool IsQuery => !IsBlob && IsRead && Uri.Query.Contains("filter", StringComparison.Ordinal);

    /// <summary>A look at one row, by its key.</summary>
    public bool IsRowRead => !IsBlob && IsRead && !IsQuery;

    /// <summary>The table that entities are written to or read from by key; null when it is not said.</summary>
    public string? Table =>
        TableName().Match(Resource.EndsWith("$batch", StringComparison.Ordinal) ? body.Value : Uri.AbsolutePath) is { Success: true } name
            ? name.Groups["table"].Value
            : null;

    /// <summary>The partition that is written to, or read from by key; null when it is not said.</summary>
    public string? Partition =>
        PartitionKey().Match(Uri.UnescapeDataString(Uri.OriginalString) + body.Value) is { Success: true } key
            ? key.Groups["key"].Value
            : null;

    /// <summary>The entities that a write of a table writes.</summary>
    public IReadOnlyList<EntityOperation> Operations => operations.Value;

    /// <summary>Whether it writes to a queue's table (the registry's rows have a colon in their keys).</summary>
    public bool WritesQueue => IsTableWrite && Operations.All(o => !o.RowKey.Contains(':', StringComparison.Ordinal));

    /// <summary>Inserts messages.</summary>
    public bool InsertsMessages => IsTableWrite && Operations.Any(o => o.IsInsert && o.IsOn("ms"));

    /// <summary>Changes rows of messages or dead letters that are there: claims, settlements, upkeep, purges.</summary>
    public bool ChangesMessages => IsTableWrite && Operations.Any(o => o.IsChange && o.IsOn("msd"));

    /// <summary>Stores records in a topic.</summary>
    public bool AppendsRecords => IsTableWrite && Operations.Any(o => o.IsInsert && o.IsOn("r"));

    /// <summary>Reads the head of a partition of a topic.</summary>
    public bool ReadsHead => IsRowRead && KeyInUrl().Match(Uri.OriginalString) is { Success: true } key && key.Groups["key"].Value == "h";

    /// <summary>Reads a row of a message or of a dead letter.</summary>
    public bool ReadsMessageRow =>
        IsRowRead
        && KeyInUrl().Match(Uri.OriginalString) is { Success: true } key
        && "msd".Contains(key.Groups["key"].Value[0], StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Uri.PathAndQuery}";

    private IReadOnlyList<EntityOperation> ReadOperations()
    {
        if (!IsTableWrite)
            return [];
        var text = body.Value;
        if (!Resource.EndsWith("$batch", StringComparison.Ordinal))
            return [new EntityOperation(Method, KeyOf(Uri.OriginalString + text))];
        var starts = OperationLine().Matches(text);
        return
        [
            .. starts.Select(
                (start, i) =>
                    new EntityOperation(
                        start.Groups["method"].Value,
                        KeyOf(text[start.Index..(i + 1 < starts.Count ? starts[i + 1].Index : text.Length)])
                    )
            ),
        ];
    }

    private static string Text(RequestContent content)
    {
        using var copy = new MemoryStream();
        content.WriteTo(copy, CancellationToken.None);
        return Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)copy.Length);
    }

    private static string KeyOf(string text)
    {
        if (KeyInUrl().Match(text) is { Success: true } inUrl)
            return Uri.UnescapeDataString(inUrl.Groups["key"].Value);
        return KeyInJson().Match(text) is { Success: true } inJson ? inJson.Groups["key"].Value : "";
    }

    [GeneratedRegex(@"^(?<method>POST|PUT|MERGE|PATCH|DELETE) \S+ HTTP/1\.1", RegexOptions.Multiline)]
    private static partial Regex OperationLine();

    [GeneratedRegex(@"/devstoreaccount1/(?<table>[A-Za-z][A-Za-z0-9]+)(\(|\s|\?|$)")]
    private static partial Regex TableName();

    [GeneratedRegex("(PartitionKey='|PartitionKey eq '|\"PartitionKey\":\")(?<key>[^'\"]+)")]
    private static partial Regex PartitionKey();

    [GeneratedRegex(@"RowKey=(?:'|%27)(?<key>[^']+?)(?:'|%27)\)")]
    private static partial Regex KeyInUrl();

    [GeneratedRegex("\"RowKey\":\"(?<key>[^\"]+)\"")]
    private static partial Regex KeyInJson();
}
