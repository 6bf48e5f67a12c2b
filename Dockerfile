# docker build -t listlint . && docker run --rm -v "$PWD:/work" listlint catalog/
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY src src
COPY policies policies
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links /wheels listlint && rm -rf /wheels \
    && useradd --create-home listlint
USER listlint
WORKDIR /work
ENTRYPOINT ["listlint"]
CMD ["--help"]
