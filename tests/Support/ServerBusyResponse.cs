using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace FuncQueue.Tests.Support;

/// <summary>What storage answers when it wants to be asked less: 503, ServerBusy, without having done anything.</summary>
public sealed class ServerBusyResponse(string clientRequestId) : Response
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["x-ms-error-code"] = "ServerBusy",
        ["Content-Type"] = "application/json",
    };

    public override int Status => 503;

    public override string ReasonPhrase => "Server Busy";

    public override bool IsError => true;

    public override string ClientRequestId { get; set; } = clientRequestId;

    public override Stream? ContentStream { get; set; } = new MemoryStream(Encoding.UTF8.GetBytes(
        """{"odata.error":{"code":"ServerBusy","message":{"lang":"en-US","value":"The server is busy."}}}"""));

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => Known.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => Known.Select(h => new HttpHeader(h.Key, h.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => Known.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
