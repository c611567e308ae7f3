using System.Buffers;
using System.Text;
using FuncQueue.Functions.Http;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Sqs;

/// <summary>Takes a request of either protocol to its action: reads it, finds out who sent it, and writes the answer.</summary>
internal sealed class SqsEndpoint(SqsOptions options, SignatureVerifier signatures, SqsActions actions, RequestMemory memory, ILogger<SqsEndpoint> log)
{
    private const string TargetPrefix = "AmazonSQS.";

    /// <summary>How many times its length a body takes while it is read: as it came, as parameters, as text, as what the queue is given.</summary>
    private const int Copies = 4;

    /// <summary>Answers a request to the endpoint itself, or to the URL of a queue.</summary>
    public async Task<IResult> RunAsync(HttpRequest request, string? queueUrl, CancellationToken cancellationToken)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        var json = target.Length > 0 || (request.ContentType ?? "").Contains("amz-json", StringComparison.OrdinalIgnoreCase);
        var protocol = json ? SqsProtocol.Json : SqsProtocol.Query;
        var action = target.StartsWith(TargetPrefix, StringComparison.Ordinal) ? target[TargetPrefix.Length..] : target;
        SqsAnswer answer;
        memory.Open(request);
        try
        {
            var body = await ReadAsync(request, cancellationToken);
            if (body is null)
                answer = SqsErrors.RequestTooLong(SqsLimits.MaxRequestBytes);
            else if (json)
                answer = await RunJsonAsync(request, body, action, queueUrl, cancellationToken);
            else
                (action, answer) = await RunQueryAsync(request, body, queueUrl, cancellationToken);
        }
        catch (OutOfRoomException exception)
        {
            answer = SqsErrors.From(exception.Failure);
        }
        catch (Exception exception) when (!request.HttpContext.RequestAborted.IsCancellationRequested && BrokenBody.Caused(exception))
        {
            answer = SqsErrors.Serialization("The request's body does not follow HTTP, or came too slowly.");
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; 499 is only ever seen in logs.
            return new EmptyResponse(499);
        }
        catch (Exception exception)
        {
            SqsLog.Unexpected(log, exception, action);
            answer = SqsErrors.InternalFailure;
        }

        return new SqsResponse(protocol, action, answer);
    }

    private async Task<SqsAnswer> RunJsonAsync(HttpRequest request, byte[] body, string action, string? queueUrl, CancellationToken cancellationToken)
    {
        var (caller, refused) = signatures.Verify(request, body);
        if (caller is null)
            return refused!;
        if (action.Length == 0)
            return SqsErrors.MissingAction;
        return JsonInput.Parse(body) is { } input
            ? await RunAsync(request, action, input, caller, queueUrl, cancellationToken)
            : SqsErrors.Serialization("The body must be a JSON object.");
    }

    private async Task<(string Action, SqsAnswer Answer)> RunQueryAsync(HttpRequest request, byte[] body, string? queueUrl, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var query = Encoding.UTF8.GetBytes(request.QueryString.Value is { Length: > 0 } text ? text[1..] : "");
        var wellFormed = FormParameters.TryRead(query, parameters) && FormParameters.TryRead(body, parameters);
        var action = parameters.GetValueOrDefault("Action", "");
        var (caller, refused) = signatures.Verify(request, body);
        if (caller is null)
            return (action, refused!);
        if (!wellFormed)
            return (action, SqsErrors.MalformedQueryString("The query string or the body is not form-encoded UTF-8."));
        return action.Length == 0
            ? (action, SqsErrors.MissingAction)
            : (action, await RunAsync(request, action, new QueryInput(parameters), caller, queueUrl, cancellationToken));
    }

    private Task<SqsAnswer> RunAsync(HttpRequest request, string action, SqsInput input, SqsCaller caller, string? queueUrl, CancellationToken cancellationToken) =>
        actions.RunAsync(new SqsCall(action, input, caller, SqsAddress.Of(request, options), queueUrl, TraceContext.Of(request), RequestMemory.Room.Of(request)), cancellationToken);

    /// <summary>The body; null when it is too long.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > SqsLimits.MaxRequestBytes)
            return null;
        var room = RequestMemory.Room.Of(request);
        room.Hold(Copies * request.ContentLength ?? 0);
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var tooLong = read.Buffer.Length > SqsLimits.MaxRequestBytes;
            if (!tooLong)
                room.Hold(Copies * read.Buffer.Length);
            if (tooLong || read.IsCompleted)
            {
                var body = tooLong ? null : read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}

internal static partial class SqsLog
{
    [LoggerMessage(601, LogLevel.Error, "The SQS action {Action} met an unexpected fault.")]
    public static partial void Unexpected(ILogger log, Exception exception, string action);
}
