using System.Text.Json;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>What routes of a topic share that take no parameters: they act only on a request without faults.</summary>
internal static class TopicRoutes
{
    /// <param name="api">Runs the work.</param>
    /// <param name="request">The request.</param>
    /// <param name="anyOf">The right that the caller needs on the topic.</param>
    /// <param name="topic">The topic's name, as it came.</param>
    /// <param name="readPart">Reads what else the route names.</param>
    /// <param name="act">What is done.</param>
    /// <param name="cancellationToken">The invocation's.</param>
    public static Task<IResult> RunPlainAsync<TPart>(
        this Api api,
        HttpRequest request,
        Rights anyOf,
        string topic,
        Func<Faults, TPart> readPart,
        Func<TopicName, TPart, Task<IResult>> act,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            anyOf,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var part = readPart(faults);
                return faults.Any ? faults.ToResult() : await act(name, part);
            },
            cancellationToken
        );

    /// <summary>As above, with a body of JSON that there must be.</summary>
    /// <param name="readBody">Reads the body; what is wrong with it is among the faults.</param>
    /// <param name="limit">Longest body.</param>
    /// <param name="depth">Deepest JSON; null: as of most routes.</param>
    /// <inheritdoc cref="RunPlainAsync{TPart}"/>
    public static Task<IResult> RunWithBodyAsync<TPart, TBody>(
        this Api api,
        HttpRequest request,
        Rights anyOf,
        string topic,
        Func<Faults, TPart> readPart,
        Func<JsonElement, Faults, TBody?> readBody,
        Func<TopicName, TPart, TBody, Task<IResult>> act,
        CancellationToken cancellationToken,
        int limit = JsonBody.DefaultLimit,
        int depth = JsonBody.DefaultDepth
    )
        where TBody : class =>
        api.RunOnTopicAsync(
            request,
            anyOf,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var part = readPart(faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, limit, depth, cancellationToken);
                var body = document is null ? null : readBody(document.RootElement, faults);
                return faults.Any || body is null ? faults.ToResult() : await act(name, part, body);
            },
            cancellationToken
        );
}
