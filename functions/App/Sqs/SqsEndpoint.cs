using System.Buffers;
using System.Text;
using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sns;
using FuncQueue.Functions.Sns.Actions;
using FuncQueue.Functions.Sqs.Access;
using FuncQueue.Functions.Sqs.Actions;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;
using FuncQueue.Functions.Sqs.SigV4;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Sqs;

/// <summary>
/// Takes a request of either protocol to its action, of SQS or another service at the same address: reads it, finds out who sent it, and
/// writes the answer.
/// </summary>
internal sealed class SqsEndpoint(
    SqsOptions options,
    SignatureVerifier signatures,
    SqsActions actions,
    SnsActions sns,
    RequestMemory memory,
    Audit audit,
    ILogger<SqsEndpoint> log
)
{
    private const string TargetPrefix = "AmazonSQS.";

    /// <summary>
    /// How many times its length a body takes while it is read: as it came, as parameters, as text, as what the queue is given.
    /// </summary>
    private const int Copies = 4;

    /// <summary>Answers a request to the endpoint itself, or to the URL of a queue.</summary>
    public async Task<IResult> RunAsync(HttpRequest request, string? queueUrl, CancellationToken cancellationToken) =>
        (await TryRunAsync(request, queueUrl, certain: true, cancellationToken))!;

    /// <summary>Answers a request to a path that is no queue's; null when it is not in AWS's form.</summary>
    public async Task<IResult?> TryRunStrayAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var certain = AwsForm.IsIn(request);
        if (!certain && !AwsForm.MayBeForm(request))
            return null;
        return await TryRunAsync(request, request.Path.ToString(), certain, cancellationToken);
    }

    /// <param name="certain">Whether it is in AWS's form; else its body tells, and null says that it is not.</param>
    private async Task<IResult?> TryRunAsync(HttpRequest request, string? queueUrl, bool certain, CancellationToken cancellationToken)
    {
        var target = request.Headers[AwsForm.Target].ToString();
        var json = target.Length > 0 || (request.ContentType ?? "").Contains("amz-json", StringComparison.OrdinalIgnoreCase);
        var protocol =
            json ? SqsProtocol.Json
            : AsksForJson(request) ? SqsProtocol.QueryJson
            : SqsProtocol.Query;
        var action = target.StartsWith(TargetPrefix, StringComparison.Ordinal) ? target[TargetPrefix.Length..] : target;
        SqsAnswer answer;
        var service = AwsService.Sqs;
        memory.Open(request);
        try
        {
            var body = await ReadAsync(request, cancellationToken);
            if (body is null)
                answer = SqsErrors.RequestTooLong(SqsLimits.MaxRequestBytes);
            else if (json)
                answer = await RunJsonAsync(request, body, action, queueUrl, cancellationToken);
            else
                (service, action, answer) = await RunQueryAsync(request, body, queueUrl, cancellationToken);
            if (!certain && (body is null || action.Length == 0))
                return null;
        }
        catch (OutOfRoomException exception)
        {
            answer = SqsErrors.From(exception.Failure);
        }
        catch (Exception exception) when (!Departure.IsCalledFor(request, cancellationToken) && BrokenBody.Caused(exception))
        {
            answer = SqsErrors.Serialization("The request's body does not follow HTTP, or came too slowly.");
        }
        catch (Exception exception) when (Departure.IsCalledFor(request, cancellationToken) && Departure.Caused(exception))
        {
            answer = SqsErrors.From(new Failure.OutcomeUnknown(TimeSpan.FromSeconds(1)));
        }
        catch (Exception exception)
        {
            SqsLog.Unexpected(log, exception, action);
            answer = SqsErrors.InternalFailure;
        }

        return new DepartureTolerant(new SqsResponse(service, protocol, action, answer));
    }

    private async Task<SqsAnswer> RunJsonAsync(
        HttpRequest request,
        byte[] body,
        string action,
        string? queueUrl,
        CancellationToken cancellationToken
    )
    {
        var (caller, refused) = await IdentifyAsync(request, body, AwsService.Sqs, action, cancellationToken);
        if (caller is null)
            return refused!;
        if (action.Length == 0)
            return SqsErrors.MissingAction;
        return JsonInput.Parse(body) is { } input
            ? await RunAsync(request, action, input, caller, queueUrl, cancellationToken)
            : SqsErrors.Serialization("The body must be a JSON object.");
    }

    private async Task<(AwsService Service, string Action, SqsAnswer Answer)> RunQueryAsync(
        HttpRequest request,
        byte[] body,
        string? queueUrl,
        CancellationToken cancellationToken
    )
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var query = Encoding.UTF8.GetBytes(request.QueryString.Value is { Length: > 0 } text ? text[1..] : "");
        var wellFormed = FormParameters.TryRead(query, parameters) && FormParameters.TryRead(body, parameters);
        var action = parameters.GetValueOrDefault("Action", "");
        var service = AwsService.Of(request, parameters, IsKnown);
        var input = new QueryInput(parameters);
        // A link of a notification is its own credential: whoever follows it has none.
        if (service == AwsService.Sns && wellFormed && SnsActions.IsUnsubscribeLink(action, input))
            return (service, action, await sns.FollowUnsubscribeLinkAsync(input, AddressOf(request), cancellationToken));
        var (caller, refused) = await IdentifyAsync(request, body, service, action, cancellationToken);
        if (caller is null)
            return (service, action, refused!);
        if (!wellFormed)
            return (service, action, SqsErrors.MalformedQueryString("The query string or the body is not form-encoded UTF-8."));
        if (action.Length == 0)
            return (service, action, HttpMethods.IsPost(request.Method) ? SqsErrors.MissingAction : SqsErrors.UnknownOperation);
        if (service != AwsService.Sqs)
            return (service, action, await RunOtherAsync(service, request, action, input, caller, cancellationToken));
        // They concern no queue, so that the URL of one is not where they are asked.
        return queueUrl is not null && action is "CreateQueue" or "ListQueues"
            ? (service, action, SqsErrors.UnknownAction(action))
            : (service, action, await RunAsync(request, action, input, caller, queueUrl, cancellationToken));
    }

    private bool IsKnown(AwsService service, string action) =>
        service == AwsService.Sqs ? actions.IsKnown(action)
        : service == AwsService.Sns ? sns.IsKnown(action)
        : action == CallerIdentity.Action;

    private async ValueTask<SqsSigner> IdentifyAsync(
        HttpRequest request,
        byte[] body,
        AwsService service,
        string action,
        CancellationToken cancellationToken
    )
    {
        var signer = await signatures.VerifyAsync(request, body, service, cancellationToken);
        // Of what storage could not tell, nobody is to blame.
        if (signer is { Caller: null, Error.Status: < 500 })
            audit.Refused(Caller.Nobody, Rights.None, Resource.Everything, IsKnown(service, action) ? action : "an unknown action");
        return signer;
    }

    private Task<SqsAnswer> RunAsync(
        HttpRequest request,
        string action,
        SqsInput input,
        Caller caller,
        string? queueUrl,
        CancellationToken cancellationToken
    ) => actions.RunAsync(new SqsCall(action, input, caller, AddressOf(request), ContextOf(request, queueUrl)), cancellationToken);

    private Task<SqsAnswer> RunOtherAsync(
        AwsService service,
        HttpRequest request,
        string action,
        SqsInput input,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        service == AwsService.Sns
            ? sns.RunAsync(
                new SnsCall(action, input, caller, new SnsAddress(AddressOf(request)), ContextOf(request, null)),
                cancellationToken
            )
            : Task.FromResult(CallerIdentity.Answer(action, caller, AddressOf(request)));

    private SqsAddress AddressOf(HttpRequest request) => SqsAddress.Of(request, options);

    private CallContext ContextOf(HttpRequest request, string? queueUrl) =>
        new()
        {
            QueueUrl = queueUrl,
            TraceParent = TraceContext.Of(request),
            TraceHeader = XRayTrace.Of(request),
            Room = RequestMemory.Room.Of(request),
            Audit = audit,
        };

    /// <summary>Whether the caller of the Query protocol wants its answers in JSON.</summary>
    private static bool AsksForJson(HttpRequest request) =>
        request.Headers.Accept.ToString() is var accept
        && accept.Contains("application/json", StringComparison.OrdinalIgnoreCase)
        && !accept.Contains("xml", StringComparison.OrdinalIgnoreCase);

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
