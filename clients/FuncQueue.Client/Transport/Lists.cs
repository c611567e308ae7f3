using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace FuncQueue.Client.Transport;

/// <summary>Lists that the server answers in parts.</summary>
internal static class Lists
{
    /// <summary>All items of a list, part by part as they are asked for.</summary>
    /// <param name="transport">Of the app.</param>
    /// <param name="path">Of the list.</param>
    /// <param name="prefix">Of names; null: all.</param>
    /// <param name="type">A part of the list.</param>
    /// <param name="items">Of a part.</param>
    /// <param name="next">Where the part after it begins; null: there is none.</param>
    /// <param name="cancellationToken">Ends the wait for a part.</param>
    public static async IAsyncEnumerable<TItem> ReadAsync<TPart, TItem>(
        HttpTransport transport,
        string path,
        string? prefix,
        JsonTypeInfo<TPart> type,
        Func<TPart, List<TItem>> items,
        Func<TPart, string?> next,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? continuation = null;
        do
        {
            var answer = await transport.SendAsync(Call.Get(path + Query(prefix, continuation)), type, cancellationToken);
            foreach (var item in items(answer.Value))
                yield return item;
            continuation = next(answer.Value);
        } while (continuation is not null);
    }

    private static string Query(string? prefix, string? continuation)
    {
        var query = "?maxResults=1000";
        if (prefix is not null)
            query += $"&prefix={Uri.EscapeDataString(prefix)}";
        if (continuation is not null)
            query += $"&continuation={Uri.EscapeDataString(continuation)}";
        return query;
    }
}
