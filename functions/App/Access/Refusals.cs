using FuncQueue.Functions.Http;

namespace FuncQueue.Functions.Access;

/// <summary>What is answered to those who may not.</summary>
internal static class Refusals
{
    public static IResult Unauthenticated() =>
        Problems.Of(
            StatusCodes.Status401Unauthorized,
            "unauthenticated",
            "Unauthenticated",
            "Show a key that is good (Authorization: Bearer, x-functions-key or ?code=), or a token of Entra ID where that is set up.",
            headers => headers.WWWAuthenticate = "Bearer"
        );

    /// <param name="resource">Null: no resource in particular.</param>
    public static IResult Forbidden(Caller caller, Rights anyOf, Resource? resource)
    {
        var on = resource is null ? "" : $" on {resource}";
        return Problems.Of(
            StatusCodes.Status403Forbidden,
            "forbidden",
            "Forbidden",
            $"{caller.Name} lacks the right {RightNames.Either(anyOf)}{on}."
        );
    }
}
