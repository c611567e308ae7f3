using System.Buffers.Text;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Reads a topic's only partition over HTTP, one page of a thousand records or 1 MiB after the other.</summary>
internal sealed class PageReader(string address, string topic) : IDisposable
{
    public const int RecordsInPage = 1000;

    private readonly HttpClient http = new() { BaseAddress = new Uri(address) };

    /// <summary>The page that begins at an offset, in JSON.</summary>
    public Task<byte[]> ReadAsync(long from) =>
        http.GetByteArrayAsync($"/topics/{topic}/partitions/0/records?maxRecords={RecordsInPage}&maxBytes=1048576&from={from}");

    /// <summary>Reads so many pages, each from where the last one ended; where that is.</summary>
    public async Task<long> ReadPagesAsync(int pages)
    {
        var next = 0L;
        for (var page = 0; page < pages; page++)
            next = NextOf(await ReadAsync(next));
        return next;
    }

    public void Dispose() => http.Dispose();

    private static long NextOf(ReadOnlySpan<byte> page)
    {
        var name = "\"nextOffset\":"u8;
        var at = page.LastIndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(page[(at + name.Length)..], out long next, out _)
            ? next
            : throw new InvalidOperationException("No page of records.");
    }
}
