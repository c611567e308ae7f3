using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>A stream of a Redis server over one connection: as much of its protocol (RESP 2) as that takes.</summary>
internal sealed class RedisStream : IDisposable
{
    private readonly TcpClient client = new() { NoDelay = true };
    private readonly NetworkStream stream;
    private readonly StreamReader answers;

    public RedisStream(int port)
    {
        client.Connect("127.0.0.1", port);
        stream = client.GetStream();
        // One byte a character: lengths are counted in bytes.
        answers = new StreamReader(stream, Encoding.Latin1);
    }

    public async Task AddAsync(byte[] body) => _ = await AskAsync("XADD", "stream", "*", "body", body);

    public async Task CreateGroupAsync(string group) => _ = await AskAsync("XGROUP", "CREATE", "stream", group, "0", "MKSTREAM");

    /// <summary>Reads so many as a consumer of a group, acknowledging each page.</summary>
    public async Task ReadAsync(string group, int records)
    {
        for (var read = 0; read < records; )
        {
            var answer = await AskAsync("XREADGROUP", "GROUP", group, "member", "COUNT", "1000", "STREAMS", "stream", ">");
            if (answer is not [List<object?> streams] || streams is not [_, List<object?> page])
                throw new InvalidOperationException("Redis has fewer records than were stored.");
            read += page.Count;
            _ = await AskAsync(["XACK", "stream", group, .. page.Select(entry => (string)((List<object?>)entry!)[0]!)]);
        }
    }

    public void Dispose()
    {
        answers.Dispose();
        client.Dispose();
    }

    private async Task<List<object?>?> AskAsync(params object[] words)
    {
        var request = new ArrayBufferWriter<byte>();
        Text($"*{words.Length}\r\n");
        foreach (var word in words)
        {
            var bytes = word as byte[] ?? Encoding.Latin1.GetBytes((string)word);
            Text($"${bytes.Length}\r\n");
            request.Write(bytes);
            Text("\r\n");
        }

        await stream.WriteAsync(request.WrittenMemory);
        return await AnswerAsync() as List<object?>;

        void Text(string text) => request.Write(Encoding.Latin1.GetBytes(text));
    }

    private async Task<object?> AnswerAsync()
    {
        var line = await answers.ReadLineAsync() ?? throw new IOException("Redis has closed the connection.");
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException(line);
            case '$':
                var length = Number(line);
                if (length < 0)
                    return null;
                var text = new char[length + 2];
                await answers.ReadBlockAsync(text);
                return new string(text, 0, length);
            case '*':
                var count = Number(line);
                if (count < 0)
                    return null;
                var list = new List<object?>(count);
                for (var i = 0; i < count; i++)
                    list.Add(await AnswerAsync());
                return list;
            default:
                return line[1..];
        }
    }

    private static int Number(string line) => int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
}
