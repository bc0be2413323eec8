export const id = 775;
export const ids = [775];
export const modules = {

/***/ 1775:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   fromEnv: () => (/* reexport safe */ _chunk_LZS3VU4J_js__WEBPACK_IMPORTED_MODULE_0__.sF)
/* harmony export */ });
/* harmony import */ var _chunk_LZS3VU4J_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9197);
/* harmony import */ var _chunk_Z4QHHF5Z_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1493);
/* harmony import */ var _chunk_N5NVTOYC_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7666);
/* harmony import */ var _chunk_L6CBXGV3_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6283);







/***/ })

};
