using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs.Access;

namespace FuncQueue.Functions.Http;

/// <summary>What is done to keys, whichever route it came by.</summary>
internal sealed class KeyCalls(KeyRing keys, Api api, SqsOptions sqs)
{
    private const string NameRule = "A key's name is 1 to 80 of A-Z a-z 0-9 - _ and single dots inside.";

    private static readonly TimeSpan DefaultOverlap = TimeSpan.FromHours(1);

    /// <summary>Longest time that a key which was replaced stays good: 365 days.</summary>
    private static readonly TimeSpan MaxOverlap = Limits.MaxDelay;

    public Task<IResult> PutAsync(HttpRequest request, Need need, string key, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            need,
            key,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var condition = Conditions.Read(request, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: false, JsonBody.DefaultLimit, cancellationToken);
                var change = document is null ? new KeyChange() : KeyJson.Read(document.RootElement, faults);
                if (faults.Any)
                    return faults.ToResult();
                if (sqs.Keys.ContainsKey(name.Value))
                    return Problems.From(new Failure.KeyExists(name));
                var outcome = await keys.PutAsync(
                    name,
                    change,
                    new KeyCondition(condition.IfMatch, condition.IfNoneMatch),
                    cancellationToken
                );
                return Answer(outcome);
            },
            cancellationToken
        );

    public Task<IResult> RotateAsync(HttpRequest request, Need need, string key, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            need,
            key,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: false, JsonBody.DefaultLimit, cancellationToken);
                var overlap = document is null
                    ? DefaultOverlap
                    : new JsonMembers(document.RootElement, faults, "", "overlapSeconds").Seconds("overlapSeconds") ?? DefaultOverlap;
                if (overlap < TimeSpan.Zero || overlap > MaxOverlap)
                    faults.Add("overlapSeconds", $"Must be 0 to {MaxOverlap.TotalSeconds:0}.");
                return faults.Any ? faults.ToResult() : Answer(await keys.RotateAsync(name, overlap, cancellationToken));
            },
            cancellationToken
        );

    public Task<IResult> GetAsync(HttpRequest request, Need need, string key, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            need,
            key,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                if (!(await keys.GetAsync(name, cancellationToken)).TryGetValue(out var info, out var failure))
                    return Problems.From(failure);
                return info is null
                    ? Problems.From(new Failure.KeyNotFound(name))
                    : KeyJson.Answer(StatusCodes.Status200OK, info, text: null);
            },
            cancellationToken
        );

    public Task<IResult> ListAsync(HttpRequest request, Need need, CancellationToken cancellationToken) =>
        api.RunAsync(
            request,
            need,
            async faults =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Of(await keys.ListAsync(cancellationToken), KeyJson.Answer);
            },
            cancellationToken
        );

    public Task<IResult> DeleteAsync(HttpRequest request, Need need, string key, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            need,
            key,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Empty(await keys.DeleteAsync(name, cancellationToken));
            },
            cancellationToken
        );

    private Task<IResult> RunAsync(
        HttpRequest request,
        Need need,
        string key,
        Func<KeyName, Faults, Task<IResult>> work,
        CancellationToken cancellationToken
    ) => api.RunAsync(request, need, faults => work(RouteNames.Read(key, Read, "key", NameRule, faults), faults), cancellationToken);

    private static KeyName? Read(string text) => KeyName.TryParse(text, out var name) ? name : null;

    private static IResult Answer(Outcome<IssuedKey> outcome) =>
        Answers.Of(
            outcome,
            issued => KeyJson.Answer(issued.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, issued.Info, issued.Text)
        );
}
