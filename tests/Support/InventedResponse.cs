using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;

namespace FuncQueue.Tests.Support;

/// <summary>An error as storage answers it, such as 503 ServerBusy when it wants to be asked less.</summary>
public sealed class InventedResponse : Response
{
    private readonly Dictionary<string, string> known;
    private readonly string code;

    public InventedResponse(int status, string code, string clientRequestId, int? retryAfterSeconds = null)
    {
        Status = status;
        this.code = code;
        ClientRequestId = clientRequestId;
        known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["x-ms-error-code"] = code,
            ["Content-Type"] = "application/json",
        };
        if (retryAfterSeconds is { } seconds)
            known["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
        ContentStream = new MemoryStream(
            Encoding.UTF8.GetBytes(
                """{"odata.error":{"code":"CODE","message":{"lang":"en-US","value":"Invented."}}}""".Replace(
                    "CODE",
                    code,
                    StringComparison.Ordinal
                )
            )
        );
    }

    public override int Status { get; }

    public override string ReasonPhrase => code;

    public override bool IsError => true;

    public override string ClientRequestId { get; set; }

    public override Stream? ContentStream { get; set; }

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => known.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => known.Select(h => new HttpHeader(h.Key, h.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => known.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
