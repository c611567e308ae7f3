using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>An answer of storage of which only the <c>Date</c> matters.</summary>
internal sealed class DatedResponse(string clientRequestId, string date) : Response
{
    public override int Status => 200;

    public override string ReasonPhrase => "OK";

    public override string ClientRequestId { get; set; } = clientRequestId;

    public override Stream? ContentStream { get; set; }

    public override void Dispose() { }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new HttpHeader("Date", date)];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = name.Equals("Date", StringComparison.OrdinalIgnoreCase) ? date : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
